import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);
// A busy machine renders slowly; a rule that holds late still holds.
configure({ asyncUtilTimeout: 8_000 });

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
