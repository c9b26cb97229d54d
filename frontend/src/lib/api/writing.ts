// What is asked to write and delete whole objects, and of the rights it takes.
import { graphql, type ResultOf } from './graphql.ts';

export const DeletionPreviewQuery = graphql(`
	query DeletionPreview($cluster: String!, $kind: String!, $namespace: String!, $name: String!) {
		deletionPreview(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) {
			removed { group kind namespace name } hidden total because finalizers token
		}
	}
`);
export type DeletionPreview = ResultOf<typeof DeletionPreviewQuery>['deletionPreview'];

export const DeleteResource = graphql(`
	mutation DeleteResource($input: DeleteResourceInput!) {
		deleteResource(input: $input) { gone finalizers position errors { code message } }
	}
`);

export const AccessQuery = graphql(`
	query Access($cluster: String!, $kind: String!, $namespace: String!, $name: String) {
		access(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) { action allowed because }
	}
`);
export type Access = ResultOf<typeof AccessQuery>['access'][number];
export type ActionWord = Access['action'];
