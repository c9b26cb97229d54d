// A good start for an object of each kind: what is needed, and what one should at least have thought about.

const GIT = `interval: 5m
url: https://github.com/example/fleet
ref:
  branch: main
# A private repository: a Secret with username and password, or with identity and known_hosts for SSH.
# secretRef:
#   name: fleet-credentials
`;

const SPECS: Readonly<Record<string, string>> = {
	GitRepository: GIT,
	OCIRepository: `interval: 5m
url: oci://ghcr.io/example/manifests
ref:
  tag: latest # or semver: ">=1.0.0", or digest: sha256:…
`,
	Bucket: `interval: 10m
provider: generic # or aws, gcp, azure
bucketName: manifests
endpoint: minio.example.com
secretRef:
  name: bucket-credentials
`,
	HelmRepository: `interval: 1h
url: https://charts.example.com
# Charts in a container registry: type: oci, and url: oci://…
`,
	HelmChart: `interval: 10m
chart: podinfo
version: 6.x
sourceRef:
  kind: HelmRepository
  name: podinfo
`,
	ExternalArtifact: `# Made by a controller of its own: this names the object it is made for.
sourceRef:
  apiVersion: source.extensions.fluxcd.io/v1beta1
  kind: ArtifactGenerator
  name: fleet
`,
	ArtifactGenerator: `sources:
- alias: repo
  kind: GitRepository
  name: fleet
artifacts:
- name: apps
  originRevision: "@repo"
  copy:
  - from: "@repo/apps/**"
    to: "@artifact/"
`,
	Kustomization: `interval: 10m
retryInterval: 2m
timeout: 5m
sourceRef:
  kind: GitRepository
  name: fleet
path: ./apps
prune: true # what leaves the source leaves the cluster
wait: true # ready only when all that it applies is
# dependsOn:
# - name: infrastructure
`,
	HelmRelease: `interval: 10m
timeout: 5m
chart:
  spec:
    chart: podinfo
    version: 6.x
    sourceRef:
      kind: HelmRepository
      name: podinfo
install:
  remediation:
    retries: 3
upgrade:
  remediation:
    retries: 3
values:
  replicaCount: 2
`,
	ImageRepository: `interval: 5m
image: ghcr.io/example/app
`,
	ImagePolicy: `imageRepositoryRef:
  name: app
policy:
  semver:
    range: 1.x
`,
	ImageUpdateAutomation: `interval: 10m
sourceRef:
  kind: GitRepository
  name: fleet
git:
  checkout:
    ref:
      branch: main
  commit:
    author:
      name: Flux
      email: flux@example.com
  push:
    branch: main
update:
  path: ./apps
  strategy: Setters
`,
	Receiver: `type: github # or gitlab, harbor, generic, …
events:
- ping
- push
secretRef:
  name: webhook-token
resources:
- kind: GitRepository
  name: fleet
`,
	Alert: `summary: production
eventSeverity: error # or info: everything
providerRef:
  name: chat
eventSources:
- kind: Kustomization
  name: "*"
- kind: HelmRelease
  name: "*"
`,
	Provider: `type: slack # or msteams, discord, github, gitlab, generic, …
channel: deployments
secretRef:
  name: chat-token # with the address or the token
`,
	FluxInstance: `distribution:
  version: 2.x
  registry: ghcr.io/fluxcd
components:
- source-controller
- kustomize-controller
- helm-controller
- notification-controller
cluster:
  type: kubernetes
  networkPolicy: true
sync:
  kind: GitRepository
  url: https://github.com/example/fleet
  ref: refs/heads/main
  path: clusters/production
`,
	FluxReport: `# The operator writes this report by itself, once for each cluster.
distribution:
  entitlement: Unknown
  status: Unknown
`,
	ResourceSet: `inputs:
- tenant: team-a
- tenant: team-b
resources:
- apiVersion: v1
  kind: ServiceAccount
  metadata:
    name: << inputs.tenant >>
    namespace: flux-system
`,
	ResourceSetInputProvider: `type: Static # or GitHubPullRequest, GitLabBranch, OCIArtifactTag, …
defaultValues:
  environment: staging
`
};

/** Kinds there is one of, with the one name they may have. */
const NAMES: Readonly<Record<string, string>> = { FluxInstance: 'flux', FluxReport: 'flux' };
const NAME = 'example';

interface Wanted {
	group: string;
	version: string;
	kind: string;
	namespace: string;
}

/** A manifest to start from. */
export function templateOf({ group, version, kind, namespace }: Wanted): string {
	const spec = Object.hasOwn(SPECS, kind) ? SPECS[kind]! : '{}\n';
	const name = Object.hasOwn(NAMES, kind) ? NAMES[kind]! : NAME;
	const indented = spec === '{}\n' ? ' {}\n' : `\n${spec.replace(/^(?=.)/gm, '  ')}`;
	return `apiVersion: ${group}/${version}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:${indented}`;
}
