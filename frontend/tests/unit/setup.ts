import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// What Mantine asks of a browser and jsdom does not have.
window.matchMedia = (query: string): MediaQueryList => Object.assign(new EventTarget(), { matches: false, media: query, onchange: null }) as MediaQueryList;
class NoObserver implements ResizeObserver {
  observe(): void {
    // Nothing has a size here.
  }
  unobserve(): void {
    // Nothing is observed.
  }
  disconnect(): void {
    // Nothing is observed.
  }
}
window.ResizeObserver = NoObserver;
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
