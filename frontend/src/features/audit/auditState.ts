import { moment, text, urlState } from '@/shared/urlState';

export const auditState = urlState({ principal: text(128), operation: text(256), asset: text(2048), after: moment(), before: moment() });
export type AuditState = ReturnType<typeof auditState.parse>;
export const NO_FILTER: AuditState = auditState.parse({});
