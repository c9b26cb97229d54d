// What is asked of Kubernetes Events.
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

export const EventFields = graphql(`
	fragment EventFields on Event @_unmask {
		id cluster type reason message count firstAt lastAt controller
		about { group kind namespace name }
	}
`);

export type FluxEvent = ResultOf<typeof EventFields>;

export const EventPage = graphql(
	`query EventPage($filter: EventFilter, $first: Int!, $after: String) {
		events(filter: $filter, first: $first, after: $after) {
			nodes { ...EventFields }
			pageInfo { endCursor hasNextPage }
			totalCount
			position
			errors { cluster code message }
		}
	}`,
	[EventFields]
);

export type EventFilter = NonNullable<VariablesOf<typeof EventPage>['filter']>;
export type EventProblem = ResultOf<typeof EventPage>['events']['errors'][number];

export const EventChanges = graphql(
	`subscription EventChanges($filter: EventFilter, $after: Position) {
		eventChanges(filter: $filter, after: $after) { type position event { ...EventFields } }
	}`,
	[EventFields]
);

export type EventChange = ResultOf<typeof EventChanges>['eventChanges'];
