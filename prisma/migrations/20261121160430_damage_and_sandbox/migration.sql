-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "decode_index" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "workers" ADD COLUMN     "sandbox" TEXT;
