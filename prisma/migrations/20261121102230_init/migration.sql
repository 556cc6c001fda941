-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Plan" AS ENUM ('free', 'standard', 'premium');

-- CreateEnum
CREATE TYPE "Priority" AS ENUM ('low', 'normal', 'high', 'urgent');

-- CreateEnum
CREATE TYPE "VideoStatus" AS ENUM ('awaiting_upload', 'uploaded', 'probing', 'transcoding', 'packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled', 'expired');

-- CreateEnum
CREATE TYPE "RunStatus" AS ENUM ('open', 'completed', 'failed', 'superseded');

-- CreateEnum
CREATE TYPE "TaskType" AS ENUM ('probe', 'split', 'transcode', 'package', 'thumbnail', 'audio', 'moderation', 'drm', 'subtitle', 'finalize');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('pending', 'running', 'completed', 'failed', 'retrying');

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "plan" "Plan" NOT NULL,
    "operator" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "browser_logins" (
    "id" TEXT NOT NULL,
    "link_hash" TEXT NOT NULL,
    "session_hash" TEXT,
    "api_key_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "browser_logins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "videos" (
    "id" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "original_key" TEXT NOT NULL,
    "upload_id" TEXT,
    "part_size" INTEGER NOT NULL,
    "file_size" BIGINT NOT NULL,
    "original_etag" TEXT,
    "format" TEXT,
    "duration_seconds" DOUBLE PRECISION,
    "width" INTEGER,
    "height" INTEGER,
    "codec" TEXT,
    "bitrate" INTEGER,
    "status" "VideoStatus" NOT NULL DEFAULT 'awaiting_upload',
    "playable" BOOLEAN NOT NULL DEFAULT false,
    "preset" TEXT NOT NULL DEFAULT 'standard',
    "priority" "Priority" NOT NULL DEFAULT 'normal',
    "run_id" TEXT,
    "hls_key" TEXT,
    "dash_key" TEXT,
    "poster_key" TEXT,
    "thumbnails_key" TEXT,
    "warnings" JSONB NOT NULL DEFAULT '[]',
    "error_code" TEXT,
    "error_detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uploaded_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "videos_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "RunStatus" NOT NULL DEFAULT 'open',
    "probe" JSONB,
    "plan" JSONB,
    "submitted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transcoding_tasks" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" "TaskType" NOT NULL,
    "resolution" TEXT,
    "codec" TEXT,
    "segment_index" INTEGER,
    "fingerprint" TEXT NOT NULL,
    "status" "TaskStatus" NOT NULL DEFAULT 'pending',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "worker_id" TEXT,
    "input_key" TEXT,
    "output_key" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "duration_ms" INTEGER,
    "error_code" TEXT,
    "error_detail" TEXT,
    "retry_count" INTEGER NOT NULL DEFAULT 0,
    "deaths" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "transcoding_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "artefacts" (
    "id" BIGSERIAL NOT NULL,
    "task_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rendition" TEXT,
    "segment_index" INTEGER,
    "key" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "artefacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workers" (
    "id" TEXT NOT NULL,
    "fleet" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "queues" TEXT[],
    "slots" INTEGER NOT NULL,
    "current_task" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "browser_logins_link_hash_key" ON "browser_logins"("link_hash");

-- CreateIndex
CREATE UNIQUE INDEX "browser_logins_session_hash_key" ON "browser_logins"("session_hash");

-- CreateIndex
CREATE INDEX "videos_status_idx" ON "videos"("status");

-- CreateIndex
CREATE INDEX "videos_creator_id_created_at_idx" ON "videos"("creator_id", "created_at");

-- CreateIndex
CREATE INDEX "runs_status_idx" ON "runs"("status");

-- CreateIndex
CREATE UNIQUE INDEX "runs_video_id_number_key" ON "runs"("video_id", "number");

-- CreateIndex
CREATE INDEX "transcoding_tasks_video_id_type_idx" ON "transcoding_tasks"("video_id", "type");

-- CreateIndex
CREATE INDEX "transcoding_tasks_video_id_fingerprint_idx" ON "transcoding_tasks"("video_id", "fingerprint");

-- CreateIndex
CREATE INDEX "transcoding_tasks_status_idx" ON "transcoding_tasks"("status");

-- CreateIndex
CREATE INDEX "transcoding_tasks_worker_id_idx" ON "transcoding_tasks"("worker_id");

-- CreateIndex
CREATE UNIQUE INDEX "transcoding_tasks_run_id_name_key" ON "transcoding_tasks"("run_id", "name");

-- CreateIndex
CREATE INDEX "artefacts_run_id_kind_rendition_segment_index_idx" ON "artefacts"("run_id", "kind", "rendition", "segment_index");

-- CreateIndex
CREATE UNIQUE INDEX "artefacts_task_id_key_key" ON "artefacts"("task_id", "key");

-- CreateIndex
CREATE INDEX "outbox_sent_at_id_idx" ON "outbox"("sent_at", "id");

-- CreateIndex
CREATE INDEX "workers_last_seen_at_idx" ON "workers"("last_seen_at");

-- AddForeignKey
ALTER TABLE "browser_logins" ADD CONSTRAINT "browser_logins_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_video_id_fkey" FOREIGN KEY ("video_id") REFERENCES "videos"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcoding_tasks" ADD CONSTRAINT "transcoding_tasks_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artefacts" ADD CONSTRAINT "artefacts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "transcoding_tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
