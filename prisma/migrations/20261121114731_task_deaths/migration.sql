-- AlterTable
ALTER TABLE "transcoding_tasks" ADD COLUMN     "died_with" TEXT[] DEFAULT ARRAY[]::TEXT[];
