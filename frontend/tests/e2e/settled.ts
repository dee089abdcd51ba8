// Looking at a page only after it has answered. A page shows the answer before until the new one is there, and marks it
// (`aria-busy`); its content says which address it answers (`data-answered`). What a test reads once, without waiting for a
// value it knows beforehand, it reads through these; lint keeps the other ways out of the specs.
import { expect, type Locator, type Page } from '@playwright/test';

// Waits until what is shown answers the address in the bar, and nothing on it is still awaited.
export async function settled(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const main = document.getElementById('main');
        if (main === null) return 'no page yet';
        const answered = main.dataset.answered;
        if (answered === undefined || new URL(answered, window.location.origin).href !== window.location.href) return `answers ${answered ?? 'nothing'}`;
        const busy = document.querySelector('[aria-busy=true]');
        return busy === null ? 'settled' : `busy: ${busy.outerHTML.slice(0, 120)}`;
      }),
    )
    .toBe('settled');
}

export async function countOf(locator: Locator): Promise<number> {
  await settled(locator.page());
  return locator.count();
}

export async function wordsOf(locator: Locator): Promise<string> {
  await settled(locator.page());
  return locator.innerText();
}

// That something is not there means nothing on a page that is still loading.
export async function expectAbsent(locator: Locator): Promise<void> {
  await settled(locator.page());
  await expect(locator).toHaveCount(0);
}

export async function addressOf(link: Locator): Promise<string> {
  await settled(link.page());
  return (await link.getAttribute('href')) ?? '';
}
