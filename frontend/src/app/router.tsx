import {
  type AnyRoute,
  createBrowserHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { readToken } from '@/api/session';
import { SignInPage } from '@/features/signin/SignInPage';
import { formatQuery, parseQuery } from '@/shared/urlState';
import { CrashPage, NotFoundPage, PendingPage } from './fallbacks';
import { PAGES } from './pages';
import { Shell } from './Shell';

export function newRouter(history: RouterHistory = createBrowserHistory()) {
  const root = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: CrashPage });

  const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage });

  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: Shell,
    beforeLoad: ({ location }) => {
      if (readToken() !== '') return;
      const next = location.href === '/' ? {} : { next: location.href };
      redirect({ to: '/sign-in', search: next, throw: true });
    },
  });

  const pages = PAGES.map((page): AnyRoute => {
    const route = createRoute({ getParentRoute: () => shell, path: page.path, component: lazyRouteComponent(page.load) });
    const tabs = (page.tabs ?? []).map((tab) =>
      createRoute({ getParentRoute: () => route, path: tab.path, component: lazyRouteComponent(tab.load) }),
    );
    return tabs.length === 0 ? route : route.addChildren(tabs);
  });

  // An address that leads nowhere still stands in the frame.
  const nowhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage });

  return createRouter({
    routeTree: root.addChildren([signIn, shell.addChildren([...pages, nowhere])]),
    history,
    parseSearch: parseQuery,
    stringifySearch: formatQuery,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPreload: false,
    scrollRestoration: true,
  });
}
