// Each kind's own fields, as the page of an object shows them.
import { counted } from '#lib/counted.ts';

export interface Fact {
	name: string;
	value: string;
}

type Path = readonly [name: string, path: string];

const ARTIFACT: readonly Path[] = [
	['Revision', 'status.artifact.revision'],
	['Fetched', 'status.artifact.lastUpdateTime'],
	['Size', 'status.artifact.size'],
	['Digest', 'status.artifact.digest']
];
const TIMES: readonly Path[] = [
	['Interval', 'spec.interval'],
	['Retry interval', 'spec.retryInterval'],
	['Timeout', 'spec.timeout']
];
const APPLIED: readonly Path[] = [
	['Applied revision', 'status.lastAppliedRevision'],
	['Attempted revision', 'status.lastAttemptedRevision']
];

const FACTS: Readonly<Record<string, readonly Path[]>> = {
	GitRepository: [['URL', 'spec.url'], ['Branch', 'spec.ref.branch'], ['Tag', 'spec.ref.tag'], ['Semver', 'spec.ref.semver'], ['Commit', 'spec.ref.commit'], ['Ref name', 'spec.ref.name'], ['Provider', 'spec.provider'], ['Credentials', 'spec.secretRef.name'], ...TIMES, ...ARTIFACT],
	OCIRepository: [['URL', 'spec.url'], ['Tag', 'spec.ref.tag'], ['Semver', 'spec.ref.semver'], ['Digest wanted', 'spec.ref.digest'], ['Layer', 'spec.layerSelector.mediaType'], ['Provider', 'spec.provider'], ['Credentials', 'spec.secretRef.name'], ...TIMES, ...ARTIFACT],
	Bucket: [['Endpoint', 'spec.endpoint'], ['Bucket', 'spec.bucketName'], ['Prefix', 'spec.prefix'], ['Region', 'spec.region'], ['Provider', 'spec.provider'], ['Credentials', 'spec.secretRef.name'], ...TIMES, ...ARTIFACT],
	HelmRepository: [['URL', 'spec.url'], ['Type', 'spec.type'], ['Provider', 'spec.provider'], ['Credentials', 'spec.secretRef.name'], ...TIMES, ...ARTIFACT],
	HelmChart: [['Chart', 'spec.chart'], ['Version wanted', 'spec.version'], ['Strategy', 'spec.reconcileStrategy'], ['Chart found', 'status.observedChartName'], ['Source revision', 'status.observedSourceArtifactRevision'], ...TIMES, ...ARTIFACT],
	ExternalArtifact: ARTIFACT,
	ArtifactGenerator: [['Sources', 'spec.sources.length'], ['Artifacts', 'spec.artifacts.length']],
	Kustomization: [['Path', 'spec.path'], ['Prune', 'spec.prune'], ['Wait', 'spec.wait'], ['Force', 'spec.force'], ['Target namespace', 'spec.targetNamespace'], ['Account', 'spec.serviceAccountName'], ['Decryption', 'spec.decryption.provider'], ...TIMES, ...APPLIED, ['Origin revision', 'status.lastAppliedOriginRevision']],
	HelmRelease: [['Chart', 'spec.chart.spec.chart'], ['Version wanted', 'spec.chart.spec.version'], ['Release name', 'spec.releaseName'], ['Target namespace', 'spec.targetNamespace'], ['Storage namespace', 'status.storageNamespace'], ['Account', 'spec.serviceAccountName'], ['Drift detection', 'spec.driftDetection.mode'], ...TIMES, ['Attempted revision', 'status.lastAttemptedRevision'], ['Last action', 'status.lastAttemptedReleaseAction'], ['Failures', 'status.failures'], ['Install failures', 'status.installFailures'], ['Upgrade failures', 'status.upgradeFailures']],
	ImageRepository: [['Image', 'spec.image'], ['Provider', 'spec.provider'], ['Credentials', 'spec.secretRef.name'], ...TIMES, ['Tags', 'status.lastScanResult.tagCount'], ['Scanned', 'status.lastScanResult.scanTime'], ['Latest tags', 'status.lastScanResult.latestTags']],
	ImagePolicy: [['Semver', 'spec.policy.semver.range'], ['Alphabetical', 'spec.policy.alphabetical.order'], ['Numerical', 'spec.policy.numerical.order'], ['Tag filter', 'spec.filterTags.pattern'], ['Digest', 'spec.digestReflectionPolicy'], ['Image', 'status.latestRef.name'], ['Latest tag', 'status.latestRef.tag'], ['Latest digest', 'status.latestRef.digest'], ['Tag before', 'status.observedPreviousRef.tag']],
	ImageUpdateAutomation: [['Branch', 'spec.git.checkout.ref.branch'], ['Push to', 'spec.git.push.branch'], ['Path', 'spec.update.path'], ['Strategy', 'spec.update.strategy'], ...TIMES, ['Last run', 'status.lastAutomationRunTime'], ['Last push', 'status.lastPushTime'], ['Pushed commit', 'status.lastPushCommit']],
	Receiver: [['Type', 'spec.type'], ['Events', 'spec.events'], ...TIMES, ['Credentials', 'spec.secretRef.name']],
	Alert: [['Provider', 'spec.providerRef.name'], ['Severity', 'spec.eventSeverity'], ['Sources', 'spec.eventSources.length'], ['Summary', 'spec.summary'], ['Only', 'spec.inclusionList'], ['Except', 'spec.exclusionList']],
	Provider: [['Type', 'spec.type'], ['Channel', 'spec.channel'], ['Address', 'spec.address'], ['User name', 'spec.username'], ...TIMES, ['Credentials', 'spec.secretRef.name']],
	FluxInstance: [['Flux version', 'spec.distribution.version'], ['Registry', 'spec.distribution.registry'], ['Components', 'spec.components'], ['Sync', 'spec.sync.url'], ['Sync path', 'spec.sync.path'], ...APPLIED],
	FluxReport: [['Flux', 'spec.distribution.version'], ['Distribution', 'spec.distribution.status'], ['Managed by', 'spec.distribution.managedBy'], ['Sync', 'spec.sync.id'], ['Kubernetes', 'spec.cluster.serverVersion'], ['Nodes', 'spec.cluster.nodes']],
	ResourceSet: [['Wait', 'spec.wait'], ['Account', 'spec.serviceAccountName'], ['Inputs', 'spec.inputs.length'], ['Resources', 'spec.resources.length'], ...APPLIED],
	ResourceSetInputProvider: [['Type', 'spec.type'], ['URL', 'spec.url'], ['Credentials', 'spec.secretRef.name'], ['Inputs', 'status.exportedInputs.length'], ['Exported revision', 'status.lastExportedRevision'], ['Next run', 'status.nextSchedule.when']]
};

function valueAt(root: Readonly<Record<string, unknown>>, path: string): unknown {
	let value: unknown = root;
	for (const step of path.split('.')) {
		if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
		value = (value as Record<string, unknown>)[step];
	}
	return value;
}

function textOf(value: unknown): string {
	if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What is known of the kind's own fields; what an object does not say is left out. */
export function factsOf(kind: string, spec: unknown, status: unknown): Fact[] {
	const paths = Object.hasOwn(FACTS, kind) ? FACTS[kind]! : [...TIMES, ...APPLIED];
	return paths
		.map(([name, path]) => ({ name, value: textOf(valueAt({ spec, status }, path)) }))
		.filter(({ value }) => value !== '');
}

export interface HistoryEntry {
	what: string;
	result: string;
	good: boolean;
	at: string | null;
	detail: string;
}

const GOOD = new Set(['ReconciliationSucceeded', 'deployed', 'superseded']);

/** status.history of both shapes: reconciles (newest first), or Helm's release snapshots. */
export function historyOf(status: unknown): HistoryEntry[] {
	const entries = valueAt({ status: status ?? {} }, 'status.history');
	if (!Array.isArray(entries)) return [];
	return entries.filter((entry): entry is Record<string, unknown> => entry !== null && typeof entry === 'object').map((entry) => {
		const text = (path: string): string => textOf(valueAt(entry, path));
		const release = 'chartVersion' in entry;
		const result = release ? text('status') : text('lastReconciledStatus');
		return {
			what: release ? `v${text('version')} · ${text('chartName')} ${text('chartVersion')}` : text('metadata.revision') || text('digest'),
			result,
			good: GOOD.has(result),
			at: (release ? text('lastDeployed') : text('lastReconciled')) || null,
			detail: release ? (text('appVersion') && `app ${text('appVersion')}`) : [text('lastReconciledDuration'), text('totalReconciliations') && counted(Number(text('totalReconciliations')), 'time', 'times')].filter(Boolean).join(', ')
		};
	});
}
