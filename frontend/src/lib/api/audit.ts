// The audit, as administrators read it.
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

export const AuditPage = graphql(`
	query AuditPage($filter: AuditFilter, $first: Int!, $after: String) {
		auditEntries(filter: $filter, first: $first, after: $after) {
			nodes {
				id at endedAt outcome action username userId address requestId cluster kind namespace name reason details
				changes { path before after }
				chain number hash
			}
			pageInfo { hasNextPage endCursor }
			totalCount
		}
	}
`);
export type AuditPart = ResultOf<typeof AuditPage>['auditEntries'];
export type AuditEntry = AuditPart['nodes'][number];
export type AuditFilter = NonNullable<VariablesOf<typeof AuditPage>['filter']>;
export type Outcome = AuditEntry['outcome'];
