import { httpTransport } from '@/api/transport';
import { start } from './start';

start(httpTransport());
