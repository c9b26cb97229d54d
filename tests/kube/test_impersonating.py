"""Which names a cluster is told for a user of Gyre, and which never."""

import pytest

from gyre.errors import NotAllowed, RefusedByCluster
from gyre.kube.client import Call, Impersonation, KubeClient
from gyre.kube.impersonating import impersonation
from gyre.terms.people import Principal, Role
from tests.support.wire import Wire, document, status

pytestmark = pytest.mark.anyio


def somebody(username: str, *groups: str) -> Principal:
    return Principal(user_id="1", username=username, role=Role.MEMBER, grants=(), groups=groups)


async def test_a_name_and_groups_stand_behind_the_prefix() -> None:
    assert impersonation(somebody("mia", "shop", "on call"), "gyre:") == Impersonation(
        user="gyre:mia", groups=("gyre:shop", "gyre:on call")
    )
    assert impersonation(somebody("mia", "shop"), "") == Impersonation(user="mia", groups=("shop",))


@pytest.mark.parametrize(
    ("username", "groups", "prefix"),
    [
        ("system:admin", (), ""),
        ("System:admin", (), ""),
        ("system:serviceaccount:kube-system:default", (), ""),
        ("tem:masters", (), "sys"),
        ("mia", ("system:masters",), ""),
        ("mia", ("shop", "tem:masters"), "sys"),
        (" system:masters", (), ""),
        ("\tsystem:masters", (), ""),
        ("\u00a0system:masters", (), ""),
        ("mia\r\nImpersonate-Group: system:masters", (), "gyre:"),
        ("mia\0", (), "gyre:"),
        ("", (), ""),
        ("mia ", (), "gyre:"),
    ],
)
async def test_no_name_of_kubernetes_own_is_ever_told(username: str, groups: tuple[str, ...], prefix: str) -> None:
    with pytest.raises(NotAllowed):
        impersonation(somebody(username, *groups), prefix)


async def test_every_call_of_a_client_in_a_users_name_carries_it_and_no_other_does(
    wire: Wire, client: KubeClient
) -> None:
    wire.on("GET", "/a", document({}), document({}))
    await client.on_behalf_of(Impersonation(user="gyre:mia", groups=("gyre:a", "gyre:b"))).ask(Call(path="/a"))
    await client.ask(Call(path="/a"))
    told = [[pair for pair in request.headers if pair[0].startswith("impersonate")] for request in wire.asked]
    assert told == [
        [("impersonate-user", "gyre:mia"), ("impersonate-group", "gyre:a"), ("impersonate-group", "gyre:b")],
        [],
    ]


async def test_what_the_user_may_not_do_is_theirs_and_what_gyre_may_not_do_is_gyres(
    wire: Wire, client: KubeClient
) -> None:
    theirs = 'kustomizations "apps" is forbidden: User "gyre:mia" cannot patch resource "kustomizations"'
    gyres = 'users "gyre:mia" is forbidden: User "gyre" cannot impersonate resource "users" in API group ""'
    newer = 'kustomizations "apps" is forbidden: User "gyre" cannot impersonate-on:user-info:patch resource "x"'
    wire.on("GET", "/a", *(status(403, "Forbidden", words) for words in (theirs, gyres, newer, theirs)))
    in_their_name = client.on_behalf_of(Impersonation(user="gyre:mia"))
    with pytest.raises(NotAllowed) as refused:
        await in_their_name.ask(Call(path="/a"))
    assert refused.value.message == theirs
    for asking, words in ((in_their_name, gyres), (in_their_name, newer), (client, theirs)):
        with pytest.raises(RefusedByCluster) as own:
            await asking.ask(Call(path="/a"))
        assert own.value.message == words
