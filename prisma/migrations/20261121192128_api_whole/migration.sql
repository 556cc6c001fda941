-- AlterEnum
ALTER TYPE "RunStatus" ADD VALUE 'cancelled';

-- DropIndex
DROP INDEX "videos_status_idx";

-- DropIndex
DROP INDEX "videos_creator_id_created_at_idx";

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "scopes" TEXT[],
ADD COLUMN     "successor_id" TEXT;

-- Written by hand: what a key might do until now.
UPDATE "api_keys" SET "scopes" = CASE WHEN "operator"
  THEN ARRAY['videos:read', 'videos:write', 'operate', 'admin'] ELSE ARRAY['videos:read', 'videos:write'] END;

-- AlterTable
ALTER TABLE "api_keys" DROP COLUMN "operator";

-- AlterTable
ALTER TABLE "videos" ADD COLUMN     "fetch_after" TIMESTAMPTZ(3),
ADD COLUMN     "fetch_attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "playback" TEXT NOT NULL DEFAULT 'public',
ADD COLUMN     "policy" JSONB,
ADD COLUMN     "removed_at" TIMESTAMPTZ(3),
ADD COLUMN     "source_url" TEXT;

-- AlterTable
ALTER TABLE "transcoding_tasks" ADD COLUMN     "waiting_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "redo" "TaskType"[] DEFAULT ARRAY[]::"TaskType"[];

-- CreateTable
CREATE TABLE "policies" (
    "name" TEXT NOT NULL,
    "definition" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policies_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "presets" (
    "name" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "plans" "Plan"[] DEFAULT ARRAY[]::"Plan"[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "presets_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "idempotent_requests" (
    "id" TEXT NOT NULL,
    "api_key_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "seed" TEXT NOT NULL,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,
    "status" INTEGER,
    "headers" JSONB NOT NULL DEFAULT '{}',
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotent_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "video_events" (
    "id" BIGSERIAL NOT NULL,
    "video_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "video_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "presets_policy_idx" ON "presets"("policy");

-- CreateIndex
CREATE INDEX "idempotent_requests_created_at_idx" ON "idempotent_requests"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "idempotent_requests_api_key_id_key_key" ON "idempotent_requests"("api_key_id", "key");

-- CreateIndex
CREATE INDEX "video_events_video_id_id_idx" ON "video_events"("video_id", "id");

-- CreateIndex
CREATE INDEX "api_keys_creator_id_idx" ON "api_keys"("creator_id");

-- CreateIndex
CREATE INDEX "videos_status_created_at_idx" ON "videos"("status", "created_at");

-- CreateIndex
CREATE INDEX "videos_creator_id_created_at_id_idx" ON "videos"("creator_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "videos_created_at_id_idx" ON "videos"("created_at", "id");

-- AddForeignKey
ALTER TABLE "video_events" ADD CONSTRAINT "video_events_video_id_fkey" FOREIGN KEY ("video_id") REFERENCES "videos"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand: every change of a video that its user may be told of is an event, whoever makes it. The video's row is locked by the change,
-- so the events of one video are committed in the order of their ids.
CREATE FUNCTION "note_video_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'created', jsonb_build_object('status', NEW."status"));
    RETURN NULL;
  END IF;
  IF NEW."status" IS DISTINCT FROM OLD."status" THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'status',
      jsonb_strip_nulls(jsonb_build_object('status', NEW."status", 'from', OLD."status", 'run_id', NEW."run_id", 'error_code', NEW."error_code")));
  END IF;
  IF NEW."run_id" IS DISTINCT FROM OLD."run_id" THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'run', jsonb_build_object('run_id', NEW."run_id"));
  END IF;
  IF NEW."priority" IS DISTINCT FROM OLD."priority" THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'priority',
      jsonb_build_object('priority', NEW."priority", 'from', OLD."priority"));
  END IF;
  IF NEW."title" IS DISTINCT FROM OLD."title" THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'title', jsonb_build_object('title', NEW."title"));
  END IF;
  IF NEW."playback" IS DISTINCT FROM OLD."playback" THEN
    INSERT INTO "video_events" ("video_id", "type", "data") VALUES (NEW."id", 'playback',
      jsonb_build_object('playback', NEW."playback", 'from', OLD."playback"));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "note_video_event" AFTER INSERT OR UPDATE OF "status", "run_id", "priority", "title", "playback" ON "videos"
  FOR EACH ROW EXECUTE FUNCTION "note_video_event"();
