// The audit, as administrators read it, and what was done to one object, as who may edit it reads that.
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

const AuditFields = graphql(`
	fragment AuditFields on AuditConnection @_unmask {
		nodes {
			id at endedAt outcome action username userId address requestId cluster kind namespace name reason details
			changes { path before after }
			chain number hash
		}
		pageInfo { hasNextPage endCursor }
		totalCount
	}
`);

export const AuditPage = graphql(
	`query AuditPage($filter: AuditFilter, $first: Int!, $after: String) { auditEntries(filter: $filter, first: $first, after: $after) { ...AuditFields } }`,
	[AuditFields]
);
export const ObjectAudit = graphql(
	`query ObjectAudit($cluster: String!, $kind: String!, $namespace: String!, $name: String!, $first: Int!, $after: String) {
		objectAudit(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name, first: $first, after: $after) { ...AuditFields }
	}`,
	[AuditFields]
);
export type AuditPart = ResultOf<typeof AuditPage>['auditEntries'];
export type AuditEntry = AuditPart['nodes'][number];
export type AuditFilter = NonNullable<VariablesOf<typeof AuditPage>['filter']>;
export type Outcome = AuditEntry['outcome'];
