// What the lists ask for.
import { graphql, type ResultOf } from './graphql.ts';

export const RowFields = graphql(`
	fragment RowFields on ResourceRow @_unmask {
		id cluster kind group plural namespace name resourceVersion status reason message revision
		createdAt changedAt reconciledAt suspended suspendedBy suspendedReason suspendedSince suspendedUntil
		dependsOn { kind namespace name }
	}
`);

export type Row = ResultOf<typeof RowFields>;

export const Page = graphql(
	`query Page($filter: ResourceFilter, $sort: ResourceSort, $offset: Int!, $first: Int!, $notBefore: Position) {
		resources(filter: $filter, sort: $sort, offset: $offset, first: $first, notBefore: $notBefore) {
			nodes { ...RowFields }
			totalCount
			position
		}
	}`,
	[RowFields]
);

export const Changes = graphql(
	`subscription Changes($filter: ResourceFilter, $after: Position) {
		resourceChanges(filter: $filter, after: $after) { type position previousStatus row { ...RowFields } }
	}`,
	[RowFields]
);

export type Change = ResultOf<typeof Changes>['resourceChanges'];

export const Counts = graphql(`
	subscription Counts($filter: ResourceFilter) {
		overviewChanges(filter: $filter) {
			total
			byStatus { status count }
			byKind { kind count }
			byNamespace { namespace count }
			byCluster { cluster count }
		}
	}
`);

export const OverviewChanges = graphql(
	`subscription OverviewChanges {
		overviewChanges {
			total
			byStatus { status count }
			byKind { kind plural count byStatus { status count } }
			byNamespace { namespace count byStatus { status count } }
			byCluster { cluster count byStatus { status count } }
			failing { ...RowFields }
		}
	}`,
	[RowFields]
);

export type Overview = ResultOf<typeof OverviewChanges>['overviewChanges'];

export const ClusterFields = graphql(`
	fragment ClusterFields on Cluster @_unmask {
		name sync since problem kubernetesVersion kinds { name sync since problem count }
	}
`);

export const Clusters = graphql(
	`query Clusters {
		clusters { ...ClusterFields }
	}`,
	[ClusterFields]
);

export const ClusterChanges = graphql(
	`subscription ClusterChanges {
		clusterChanges {
			clusters { ...ClusterFields }
		}
	}`,
	[ClusterFields]
);

export type Cluster = ResultOf<typeof Clusters>['clusters'][number];
