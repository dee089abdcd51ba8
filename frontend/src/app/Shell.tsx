import { useQuery } from '@connectrpc/connect-query';
import { Outlet, useLocation, useRouter, useRouterState } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { onSessionChange, readToken } from '@/api/session';
import { SearchBox } from '@/features/search/SearchBox';
import { AuthzService } from '@/gen/cadastre/authz/v1/authz_pb';
import { useMessages } from '@/messages/context';
import { Logo } from '@/shared/Logo';
import { AccountMenu } from './AccountMenu';
import { PAGES } from './pages';
import classes from './Shell.module.css';

// The frame around every page but sign-in.
export function Shell() {
  const { m } = useMessages();
  const router = useRouter();
  const location = useLocation();
  // The address what is below answers; the browser's own is ahead of it while a page is on its way.
  const answered = useRouterState({ select: (state) => state.resolvedLocation?.href });
  const main = useRef<HTMLElement>(null);
  const lastPath = useRef(location.pathname);
  const who = useQuery(AuthzService.method.whoAmI);

  // A session that ends elsewhere (refused token, another tab's sign-out) leads back to the door.
  useEffect(
    () =>
      onSessionChange(() => {
        if (readToken() !== '') return;
        const next = router.state.location.href;
        void router.navigate({ to: '/sign-in', search: (next === '/' ? {} : { next }) });
      }),
    [router],
  );

  // A new page takes the focus, so that the keyboard and screen readers start at its content.
  useEffect(() => {
    if (lastPath.current === location.pathname) return;
    lastPath.current = location.pathname;
    if (document.activeElement === document.body || document.activeElement?.closest('header') === null) main.current?.focus();
  }, [location.pathname]);

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main" onClick={() => main.current?.focus()}>
        {m.nav.skip}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home}>
          <Logo />
        </Link>
        <nav className={classes.nav} aria-label={m.nav.menu} aria-busy={who.isPending}>
          {PAGES.flatMap(({ path, menu }) => {
            if (menu === undefined || (menu.needs !== undefined && who.data?.privileges.includes(menu.needs) !== true)) return [];
            const Icon = menu.icon;
            return [
              <Link key={path} to={path} className={classes.item} activeOptions={{ exact: path === '/', includeSearch: false }}>
                <Icon size={16} stroke={1.8} aria-hidden />
                <span>{menu.label(m)}</span>
              </Link>,
            ];
          })}
        </nav>
        <div className={classes.search}>
          <SearchBox />
        </div>
        <AccountMenu who={who.data} />
      </header>
      <main className={classes.main} id="main" ref={main} tabIndex={-1} data-answered={answered}>
        <Outlet />
      </main>
    </div>
  );
}
