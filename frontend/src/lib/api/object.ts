// What the page of one object asks for and does.
import { graphql, type ResultOf } from './graphql.ts';

export const ObjectQuery = graphql(`
	query Object($cluster: String!, $kind: String!, $namespace: String!, $name: String!, $notBefore: Position) {
		resource(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name, notBefore: $notBefore) {
			id cluster kind group plural apiVersion namespace name uid resourceVersion generation
			status reason message suspended revision createdAt changedAt reconciledAt
			suspendedBy suspendedReason suspendedSince suspendedUntil lastHandledReconcileAt observedGeneration
			labels { key value }
			annotations { key value }
			conditions { type status reason message lastTransitionTime observedGeneration }
			owner { group kind namespace name }
			source { group kind namespace name hidden status message }
			dependsOn { group kind namespace name hidden status message }
			blockedBy { circle steps { group kind namespace name hidden status reason message } }
			dependents { group kind namespace name hidden status message }
			inventory { group kind namespace name status }
			spec statusFields yaml allowed
		}
	}
`);

export type FluxObject = ResultOf<typeof ObjectQuery>['resource'];
export type Blocking = FluxObject['blockedBy'][number];

/** Where a view is, and in which versions its objects are there. */
export const Whereabouts = graphql(`
	query Whereabouts($filter: ResourceFilter!, $first: Int!) {
		resources(filter: $filter, first: $first) { position totalCount nodes { kind namespace name resourceVersion } }
	}
`);

/** All that an action on an object needs to know of it, before and after. */
export const ActableQuery = graphql(`
	query Actable($cluster: String!, $kind: String!, $namespace: String!, $name: String!, $notBefore: Position) {
		resource(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name, notBefore: $notBefore) {
			cluster kind group plural namespace name status suspended reason message
			annotations { key value }
			lastHandledReconcileAt allowed
		}
	}
`);
export type Actable = ResultOf<typeof ActableQuery>['resource'];

export const Kinds = graphql(`query Kinds { kinds { name group can { reconcile suspend force reset } } }`);
export type Can = ResultOf<typeof Kinds>['kinds'][number]['can'];

export const Reconcile = graphql(`
	mutation Reconcile($input: ReconcileInput!) { reconcile(input: $input) { position errors { code message } } }
`);
export const Suspend = graphql(`
	mutation Suspend($input: SuspendInput!) { suspend(input: $input) { position errors { code message } } }
`);
export const Resume = graphql(`
	mutation Resume($input: ResumeInput!) { resume(input: $input) { position errors { code message } } }
`);
