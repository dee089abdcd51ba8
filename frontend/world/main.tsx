// The whole web UI over a made-up catalog: for work on pages and for screenshots, never part of the build.
import { start } from '@/app/start';
import { worldTransport } from './transport';

start(worldTransport());
