"""Users over HTTP, for administrators.

Who may is decided in resolvers; oneself is rest_compat.auth's.
"""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.auth.passwords import LONGEST_PASSWORD
from gyre.clock import rfc3339
from gyre.errors import AlreadyExists, Conflict, NoSuchUser, NotAllowed
from gyre.people.users import Person, UserChange
from gyre.settings import SHORTEST_PASSWORD
from gyre.terms.people import Role
from resolvers import administration
from rest_compat import payloads
from rest_compat.contract import Answer, Body, Operation
from rest_compat.paging import Listed, PageQuery
from rest_compat.reading import body, context_of, query
from rest_compat.shapes import Asked, Done, Id, Shape, Timestamp

TAG = "Users"

Username = Annotated[
    str, Meta(description="Lower case; letters, digits and . _ @ + - between them.", examples=["newuser"])
]
NewPassword = Annotated[
    str,
    Meta(
        description="Not a common one, not the user name.",
        extra_json_schema={
            "format": "password",
            "writeOnly": True,
            "minLength": SHORTEST_PASSWORD,
            "maxLength": LONGEST_PASSWORD,
        },
        examples=["a long winter's tale"],
    ),
]
MustChange = Annotated[bool, Meta(description="Nothing else is answered before the user has changed the password.")]
Active = Annotated[bool, Meta(description="Whether the user is let in.")]


class NewUser(Asked, frozen=True):
    """The body of a new user."""

    username: Username
    password: NewPassword
    role: Role = Role.VIEWER
    must_change_password: MustChange = False


class ChangedUser(Asked, frozen=True):
    """The body of a change of a user; what is left out stays."""

    role: Role | None = None
    active: Active | None = None
    password: NewPassword | None = None
    must_change_password: MustChange | None = None


class User(Shape, frozen=True):
    """A user: nothing of the password."""

    id: Id
    username: Username
    role: Role
    groups: tuple[str, ...]
    active: Active
    must_change_password: MustChange
    created_at: Timestamp
    signed_in_at: Timestamp | None

    @classmethod
    def of(cls, person: Person) -> "User":
        """A user as lists and answers show one."""
        return cls(
            id=person.id,
            username=person.username,
            role=person.role,
            groups=person.groups,
            active=person.active,
            must_change_password=person.must_change_password,
            created_at=rfc3339(person.created_at),
            signed_in_at=rfc3339(person.signed_in_at) if person.signed_in_at else None,
        )


class OneUser(Shape, frozen=True):
    """One user."""

    user: User


class ManyUsers(Listed, frozen=True, kw_only=True):
    """Users, by name."""

    users: tuple[User, ...]


@Operation(summary="List users", tag=TAG, query=PageQuery, answers={200: Answer(ManyUsers)}, refuses=(NotAllowed,))
async def list_users(request: Request) -> Response:
    """Everyone, or a page."""
    context = await context_of(request)
    asked = query(request, PageQuery)
    found = await administration.users(context, asked.wanted())
    shown = tuple(map(User.of, found.items))
    return payloads.answer(ManyUsers(users=shown, total=found.total, pagination=asked.pagination(found.total)))


@Operation(
    summary="Create a user",
    tag=TAG,
    body=Body(NewUser, {"username": "newuser", "password": "a long winter's tale", "role": "editor"}),
    answers={201: Answer(OneUser)},
    refuses=(NotAllowed, AlreadyExists, Conflict),
)
async def create_user(request: Request) -> Response:
    """A new user."""
    context = await context_of(request)
    new = await body(request, NewUser)
    made = await administration.create_user(
        context, new.username, new.password, role=new.role, must_change_password=new.must_change_password
    )
    return payloads.answer(OneUser(User.of(made)), status=201)


@Operation(
    summary="Change a user",
    tag=TAG,
    body=Body(ChangedUser, {"role": "admin"}),
    answers={200: Answer(OneUser)},
    refuses=(NotAllowed, NoSuchUser, Conflict),
)
async def update_user(request: Request) -> Response:
    """Another role or password, disabled or let in again. Another password ends all sessions of the user."""
    context = await context_of(request)
    new = await body(request, ChangedUser)
    change = UserChange(
        role=new.role, active=new.active, password=new.password, must_change_password=new.must_change_password
    )
    changed = await administration.change_user(context, request.path_params["user_id"], change)
    return payloads.answer(OneUser(User.of(changed)))


@Operation(
    summary="Delete a user",
    tag=TAG,
    answers={200: Answer(Done)},
    refuses=(NotAllowed, NoSuchUser, Conflict),
)
async def delete_user(request: Request) -> Response:
    """A user less; what they were given ends."""
    await administration.delete_user(await context_of(request), request.path_params["user_id"])
    return payloads.answer(Done())


ROUTES = (
    Route("/api/users", list_users, methods=["GET"]),
    Route("/api/users", create_user, methods=["POST"]),
    Route("/api/users/{user_id}", update_user, methods=["PUT"]),
    Route("/api/users/{user_id}", delete_user, methods=["DELETE"]),
)
