"""Image scanning and updates: image.toolkit.fluxcd.io."""

from gyre.demo.crds.definition import AGE, MESSAGE, READY, Column, Definition
from gyre.demo.crds.shapes import (
    Json,
    anything,
    defaulting,
    duration,
    fields,
    flag,
    free,
    local,
    moment,
    named,
    one_of,
    open_fields,
    source,
    status,
    text,
    texts,
    whole,
)

GROUP = "image.toolkit.fluxcd.io"
CATEGORIES = ("all", "fluxcd", "fluxcd-images")


def _image_ref() -> Json:
    return fields("name", "tag", digest=text(), name=text(), tag=text())


def _order() -> Json:
    return fields(order=defaulting("asc", one_of("asc", "desc")))


IMAGE_REPOSITORY = Definition(
    group=GROUP,
    version="v1",
    kind="ImageRepository",
    plural="imagerepositories",
    short_names=("imgrepo", "imagerepo"),
    categories=CATEGORIES,
    columns=(
        Column("Image", ".spec.image"),
        Column("Tags", ".status.lastScanResult.tagCount"),
        READY,
        MESSAGE,
        Column("Last scan", ".status.lastScanResult.scanTime"),
        AGE,
    ),
    spec=fields(
        "image",
        "interval",
        accessFrom=anything(),
        certSecretRef=local(),
        exclusionList=texts(),
        image=text(),
        insecure=flag(),
        interval=duration(),
        provider=defaulting("generic", one_of("generic", "aws", "azure", "gcp")),
        proxySecretRef=local(),
        secretRef=local(),
        serviceAccountName=text(),
        suspend=flag(),
        timeout=duration(),
    ),
    status=status(
        canonicalImageName=text(),
        lastScanResult=fields("tagCount", latestTags=texts(), revision=text(), scanTime=moment(), tagCount=whole()),
        observedExclusionList=texts(),
    ),
)

IMAGE_POLICY = Definition(
    group=GROUP,
    version="v1",
    kind="ImagePolicy",
    plural="imagepolicies",
    short_names=("imgpol", "imagepol"),
    categories=CATEGORIES,
    columns=(
        Column("Image", ".status.latestRef.name"),
        Column("Tag", ".status.latestRef.tag"),
        READY,
        MESSAGE,
        AGE,
    ),
    spec=fields(
        "imageRepositoryRef",
        "policy",
        digestReflectionPolicy=defaulting("Never", one_of("Always", "IfNotPresent", "Never")),
        filterTags=fields(extract=text(), pattern=text()),
        imageRepositoryRef=local(namespace=text()),
        interval=duration(),
        policy=fields(alphabetical=_order(), numerical=_order(), semver=fields("range", range=text())),
        suspend=flag(),
    ),
    status=status(latestRef=_image_ref(), observedPreviousRef=_image_ref()),
)

IMAGE_UPDATE_AUTOMATION = Definition(
    group=GROUP,
    version="v1",
    kind="ImageUpdateAutomation",
    plural="imageupdateautomations",
    short_names=("iua", "imgupd", "imgauto"),
    categories=CATEGORIES,
    columns=(READY, MESSAGE, Column("Last run", ".status.lastAutomationRunTime"), AGE),
    spec=fields(
        "interval",
        "sourceRef",
        git=fields(
            "commit",
            checkout=open_fields("ref", ref=free()),
            commit=open_fields(
                "author",
                author=open_fields("email", email=text(), name=text()),
                messageTemplate=text(),
                messageTemplateValues=free(),
                signingKey=free(),
            ),
            push=open_fields(branch=text(), options=free(), refspec=text()),
        ),
        interval=duration(),
        policySelector=free(),
        sourceRef=source("GitRepository"),
        suspend=flag(),
        update=defaulting({"strategy": "Setters"}, fields(path=text(), strategy=one_of("Setters"))),
    ),
    status=status(
        lastAutomationRunTime=moment(),
        lastPushCommit=text(),
        lastPushTime=moment(),
        observedPolicies=named(_image_ref()),
        observedSourceRevision=text(),
    ),
)

IMAGES = (IMAGE_REPOSITORY, IMAGE_POLICY, IMAGE_UPDATE_AUTOMATION)
