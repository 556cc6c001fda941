import { Router } from 'express';
export const storageRoutes = (_services: unknown): Router => Router();
