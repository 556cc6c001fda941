import { Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { newIdFrom } from '../../ids.ts';
import { originalKey } from '../../storage/keys.ts';
import { callerOf } from '../access/auth.ts';
import { ownVideo } from '../access/own-video.ts';
import { uploadTokens } from '../access/upload-tokens.ts';
import { requestSeed } from '../repeats/request-seed.ts';
import type { ApiServices } from '../services.ts';
import { abortUpload } from './abort-upload.ts';
import { completeUpload } from './complete-upload.ts';
import { openUpload } from './open-upload.ts';
import { priorityOf } from './priority.ts';
import { completeBody, createBody, partsBody } from './upload-bodies.ts';
import { partBytes, partCount, partSizeFor } from './upload-rules.ts';

/** Multipart uploads straight to storage: create, part URLs, the parts that arrived, complete, abort. */
export function uploadRoutes(services: ApiServices): Router {
  const { database, storage, settings } = services;
  const issueToken = uploadTokens(services);
  const expiry = () => new Date(Date.now() + settings.uploadUrlSeconds * 1_000);
  const signPart = (video: VideoRow, upload: { key: string; uploadId: string }, partNumber: number, expiresAt: Date) =>
    // No URL takes more than was declared.
    storage.signPartUrl({ ...upload, partNumber, mostBytes: partBytes(partNumber, video), expiresAt });

  return Router()
    .post('/upload', async (request, response) => {
      const body = createBody.parse(request.body);
      if (body.file_size_bytes > settings.maxUploadBytes) {
        throw new CatalogueError(
          'UPLOAD_TOO_LARGE',
          `${body.file_size_bytes} bytes; at most ${settings.maxUploadBytes}.`,
        );
      }
      const caller = callerOf(response);
      const policy = await database.presets.choose(body.preset, caller.plan);
      const id = newIdFrom(requestSeed(response), 'vid');
      const key = originalKey(id, body.filename);
      const uploadId = await storage.createMultipartUpload(key, { contentType: body.content_type });
      const video = await database.videos.create({
        id,
        creatorId: caller.creatorId,
        title: body.title || body.filename,
        filename: body.filename,
        contentType: body.content_type,
        originalKey: key,
        uploadId,
        partSize: partSizeFor(body.file_size_bytes),
        fileSize: body.file_size_bytes,
        priority: priorityOf(caller.plan),
        preset: body.preset,
        policy,
      });
      // This request was executed before and died: the upload that the video has is the one.
      if (video.uploadId !== uploadId) await storage.abortMultipartUpload(key, uploadId);
      const upload = openUpload(video);
      const upload_url = await signPart(video, upload, 1, expiry());
      response
        .status(201)
        .location(`/api/v1/videos/${id}`)
        .json({
          ...{ video_id: id, upload_url, upload_id: upload.uploadId, max_chunk_size: video.partSize },
          ...(body.upload_token && { upload_token: await issueToken(caller, id) }),
        });
    })
    .post('/:id/upload/parts', async (request, response) => {
      const { part_numbers } = partsBody.parse(request.body);
      const video = await ownVideo(database, response, request.params.id);
      const { key, uploadId } = openUpload(video);
      const most = partCount(video.fileSize, video.partSize);
      const beyond = part_numbers.find((number) => number > most);
      if (beyond !== undefined) {
        throw new CatalogueError(
          'REQUEST_MALFORMED',
          `part_numbers: ${beyond} is over ${most}, the parts of this file.`,
        );
      }
      const expiresAt = expiry();
      const parts = await Promise.all(
        part_numbers.map(async (part_number) => ({
          part_number,
          url: await signPart(video, { key, uploadId }, part_number, expiresAt),
          expires_at: expiresAt.toISOString(),
        })),
      );
      response.json({ parts });
    })
    .get('/:id/upload/parts', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      const { key, uploadId } = openUpload(video);
      const parts = await storage.listParts(key, uploadId);
      response.json({
        max_chunk_size: video.partSize,
        parts: parts.map(({ partNumber, etag, size }) => ({ part_number: partNumber, etag, size_bytes: size })),
      });
    })
    .post('/:id/upload/complete', async (request, response) => {
      const body = completeBody.parse(request.body);
      const video = await ownVideo(database, response, request.params.id);
      const completed = await completeUpload(services, video, body);
      response.status(202).location(`/api/v1/videos/${video.id}/status`).json(completed);
    })
    .delete('/:id/upload', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      await abortUpload(services, video);
      response.status(204).end();
    });
}
