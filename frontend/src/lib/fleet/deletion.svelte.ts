// The deletion of one object: what would go with it, that only this goes, and when it is gone.
import { mutate, query, Refusal } from '#lib/api/client.ts';
import type { Actable } from '#lib/api/object.ts';
import { DeleteResource, DeletionPreviewQuery, type DeletionPreview } from '#lib/api/writing.ts';

type Subject = Pick<Actable, 'cluster' | 'plural' | 'namespace' | 'name'>;

export class Deletion {
	preview = $state.raw<DeletionPreview | null>(null);
	/** Why it can't be told what goes with it, or why it was not deleted. */
	problem = $state('');
	busy = $state(false);
	startedAt = $state<number | null>(null);
	endedAt = $state<number | null>(null);
	/** What has to let it go. */
	finalizers = $state.raw<readonly string[]>([]);
	readonly #target: { cluster: string; kind: string; namespace: string; name: string };

	constructor({ cluster, plural, namespace, name }: Subject) {
		this.#target = { cluster, kind: plural, namespace, name };
		void this.look();
	}

	async look(): Promise<void> {
		try {
			this.preview = (await query(DeletionPreviewQuery, this.#target)).deletionPreview;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.preview = null;
			this.problem = error.message;
		}
	}

	/** Deletes it, if what goes with it is still what was shown; gives the position to read at, null when refused. */
	async go(): Promise<string | null> {
		if (this.busy || !this.preview) return null;
		this.busy = true;
		this.problem = '';
		try {
			const { gone, finalizers, position, errors } = (await mutate(DeleteResource, { input: { target: this.#target, preview: this.preview.token } })).deleteResource;
			const refused = errors[0];
			if (refused) {
				this.problem = refused.message;
				if (refused.code === 'CONFLICT') await this.look();
				return null;
			}
			this.startedAt = Date.now();
			this.finalizers = finalizers;
			if (gone) this.gone();
			return position;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.problem = error.message;
			return null;
		} finally {
			this.busy = false;
		}
	}

	gone(): void {
		if (this.startedAt !== null) this.endedAt ??= Date.now();
	}
}
