// The contract answered in memory. Two people can sign in: `analyst` and `steward`, any password but `wrong`.
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createRouterTransport, type HandlerContext, type Transport } from '@connectrpc/connect';
import { plainRef } from '@/api/assetRef';
import { bearer } from '@/api/transport';
import { AuditService, Outcome } from '@/gen/cadastre/audit/v1/audit_pb';
import { AuthzService, PrincipalKind } from '@/gen/cadastre/authz/v1/authz_pb';
import { Family } from '@/gen/cadastre/catalog/v1/asset_pb';
import { AspectKind, CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { LineageService } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import { SearchService } from '@/gen/cadastre/search/v1/search_pb';
import { ASSETS } from './assets';
import { ago, assetOf, columnsOf, fullAsset, runDetails, runsOf } from './catalog';
import { search, suggest } from './searching';
import { lineage } from './walking';

const PEOPLE = {
  analyst: { id: 'analyst', displayName: '김분석 (Analyst)', roles: ['analyst'] },
  steward: { id: 'steward', displayName: '박관리 (Steward)', roles: ['steward', 'auditor'] },
} as const;
type Person = (typeof PEOPLE)[keyof typeof PEOPLE];

function personOf(context: HandlerContext): Person {
  const token = context.requestHeader.get('Authorization')?.replace(/^Bearer /, '');
  if (token === 'analyst' || token === 'steward') return PEOPLE[token];
  throw new ConnectError('a valid token is needed', Code.Unauthenticated);
}
const secrets = (context: HandlerContext) => personOf(context).id === 'steward';

// Queries that show how pages bear bad news.
function misbehave(query: string): void {
  if (query === 'broken') throw new ConnectError('query: expected at most 1,024 bytes', Code.InvalidArgument);
  if (query === 'down') throw new ConnectError('the audit record could not be written', Code.Unavailable);
  if (query === 'forbidden') throw new ConnectError('privilege browse needed', Code.PermissionDenied);
}

export const worldTransport = (): Transport =>
  createRouterTransport(
    ({ service }) => {
      service(AuthzService, {
        login: ({ user, password }) => {
          if ((user !== 'analyst' && user !== 'steward') || password === 'wrong') throw new ConnectError('user or password', Code.Unauthenticated);
          return { token: user, expiresAt: timestampFromDate(new Date(Date.now() + 8 * 3_600_000)), principal: { id: user } };
        },
        whoAmI: (_, context) => {
          const person = personOf(context);
          const privileges = [Privilege.BROWSE, Privilege.READ, Privilege.READ_CODE, Privilege.READ_OPERATIONS];
          return {
            principal: { id: person.id, displayName: person.displayName, kind: PrincipalKind.PERSON },
            groups: ['everyone'],
            roles: [...person.roles],
            privileges: person.id === 'steward' ? [...privileges, Privilege.EDIT_DOCS, Privilege.EDIT_TAGS, Privilege.AUDIT] : privileges,
          };
        },
      });
      service(SearchService, {
        search: (request, context) => {
          const sees = secrets(context);
          misbehave(request.query);
          return search(request, sees);
        },
        suggest: (request, context) => suggest(request, secrets(context)),
      });
      service(CatalogService, {
        getAsset: (request, context) => ({ asset: fullAsset(assetOf(plainRef(request.asset), secrets(context)), request.facets) }),
        listColumns: (request, context) => columnsOf(assetOf(plainRef(request.asset), secrets(context)), request),
        listRuns: (request, context) => ({
          runs: runsOf(assetOf(plainRef(request.job), secrets(context))).filter((run) => request.states.length === 0 || request.states.includes(run.state)),
        }),
        getRun: (request, context) => ({ run: runDetails(assetOf(plainRef(request.job), secrets(context)), request.runId) }),
        getHistory: (request, context) => {
          const asset = assetOf(plainRef(request.asset), secrets(context));
          const person = { principal: 'kim.minji', tool: 'person' };
          return {
            entries: [
              { family: Family.BUSINESS, kind: AspectKind.DOCUMENTATION, aspect: { value: { case: 'documentation', value: { text: asset.description } } }, source: { ...person, heldAt: ago(40), committedAt: ago(40) } },
              { family: Family.TECHNICAL, kind: AspectKind.SCHEMA, aspect: { value: { case: 'schema', value: { fields: (asset.columns ?? []).map((each) => ({ name: each.path[0] ?? '', type: each.type })) } } }, source: { principal: 'svc-airflow', tool: 'openlineage', heldAt: ago(300), committedAt: ago(90) } },
              { family: Family.BUSINESS, kind: AspectKind.TAGS, source: { principal: 'svc-dbt', tool: 'dbt', heldAt: ago(700), committedAt: ago(700), claim: true } },
              { family: Family.BUSINESS, kind: AspectKind.DOCUMENTATION, column: { path: ['net_amount'] }, aspect: { value: { case: 'documentation', value: { text: '순매출' } } }, source: { ...person, heldAt: ago(900), committedAt: ago(900) } },
            ],
          };
        },
        diffAsset: (request, context) => {
          assetOf(plainRef(request.asset), secrets(context));
          return {
            existedBefore: true,
            existedAfter: true,
            columnsAdded: [{ path: ['net_amount'] }],
            columnsRemoved: [{ path: ['legacy_source'] }],
            columnsRetyped: [{ path: ['gross_amount'] }],
            changes: [{ kind: AspectKind.DOCUMENTATION, before: { value: { case: 'documentation', value: { text: 'Daily sales.' } } }, after: { value: { case: 'documentation', value: { text: '일별·분류별 매출' } } } }],
          };
        },
      });
      service(LineageService, { getLineage: (request, context) => lineage(request, secrets(context)) });
      service(AuditService, {
        listRecords: (request, context) => {
          if (personOf(context).id !== 'steward') throw new ConnectError('privilege audit needed', Code.PermissionDenied);
          const records = Array.from({ length: 30 }, (_, at) => ({
            index: BigInt(4_211 - at),
            time: ago(at * 0.7),
            principal: at % 3 === 0 ? 'steward' : at % 4 === 0 ? 'svc-airflow' : 'analyst',
            operation: at % 4 === 0 && at % 3 !== 0 ? 'openlineage' : `cadastre.${at % 2 === 0 ? 'catalog.v1.CatalogService/GetAsset' : 'search.v1.SearchService/Search'}`,
            outcome: at === 7 ? Outcome.NOT_FOUND : Outcome.OK,
            shown: at === 7 ? [] : ASSETS.slice(at % 7, (at % 7) + 1 + (at % 6)).map((asset) => ({ asset: asset.ref, columns: (asset.columns ?? []).map(({ path }) => ({ path })) })),
            detail: at % 2 === 0 ? '' : '{"query":"일별 매출"}',
            peer: '10.0.3.17',
            write: at % 4 === 0 && at % 3 !== 0,
          }));
          return { records: records.filter((record) => request.principal === '' || record.principal === request.principal) };
        },
      });
    },
    { transport: { interceptors: [bearer] } },
  );
