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

/** Why a manifest was refused, with what the API server says of its fields. */
export const RefusedFields = graphql(`
	fragment RefusedFields on MutationError @_unmask {
		code message path causes { field message } conflicts { manager field } details
	}
`);
export type WriteError = ResultOf<typeof RefusedFields>;

export const WrittenFields = graphql(
	`fragment WrittenFields on WritePayload @_unmask {
		resource { cluster kind plural namespace name resourceVersion } created position yaml errors { ...RefusedFields }
	}`,
	[RefusedFields]
);
export type Written = ResultOf<typeof WrittenFields>;

export const CreateResource = graphql(`mutation CreateResource($input: CreateResourceInput!) { createResource(input: $input) { ...WrittenFields } }`, [WrittenFields]);
export const UpdateResource = graphql(`mutation UpdateResource($input: UpdateResourceInput!) { updateResource(input: $input) { ...WrittenFields } }`, [WrittenFields]);
export const ApplyResource = graphql(`mutation ApplyResource($input: ApplyResourceInput!) { applyResource(input: $input) { ...WrittenFields } }`, [WrittenFields]);

/** What can be made where: the kinds that each cluster serves. */
export const ServedKinds = graphql(`
	query ServedKinds {
		clusters { name kinds { name group plural version } }
		kinds { name group category }
	}
`);
export type ServedCluster = ResultOf<typeof ServedKinds>['clusters'][number];
export type ServedKind = ServedCluster['kinds'][number];
