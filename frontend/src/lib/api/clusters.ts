// Clusters as administrators see and change them. What opens one is sent, never answered.
import { graphql, type ResultOf } from './graphql.ts';

const Refused = graphql(`fragment ClusterRefused on MutationError @_unmask { code message path causes { field message } }`);

export const Registered = graphql(`
	query Registered {
		clusters {
			id name source impersonate sync since problem connected kubernetesVersion
			kinds { count }
			registration { server context addedBy addedAt changedAt test { worked code message at } }
		}
	}
`);
export type RegisteredCluster = ResultOf<typeof Registered>['clusters'][number];
export type ClusterTest = NonNullable<NonNullable<RegisteredCluster['registration']>['test']>;

export const AddCluster = graphql(
	`mutation AddCluster($input: AddClusterInput!) { done: addCluster(input: $input) { cluster { name } errors { ...ClusterRefused } } }`,
	[Refused]
);
export const UpdateCluster = graphql(
	`mutation UpdateCluster($input: UpdateClusterInput!) { done: updateCluster(input: $input) { cluster { name } errors { ...ClusterRefused } } }`,
	[Refused]
);
export const RemoveCluster = graphql(
	`mutation RemoveCluster($id: ID!) { done: removeCluster(id: $id) { errors { ...ClusterRefused } } }`,
	[Refused]
);
export const TestCluster = graphql(
	`mutation TestCluster($input: TestClusterInput!) { done: testCluster(input: $input) { test { worked code message at } errors { ...ClusterRefused } } }`,
	[Refused]
);
