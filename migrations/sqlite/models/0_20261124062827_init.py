from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "users" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "username" VARCHAR(64) NOT NULL UNIQUE,
    "role" VARCHAR(16) NOT NULL /* admin, editor, viewer or member */,
    "password_hash" VARCHAR(255),
    "must_change_password" INT NOT NULL,
    "active" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    "signed_in_at" TIMESTAMP
) /* One person. `password_hash` is None for who cannot sign in with a password. */;
CREATE TABLE IF NOT EXISTS "sessions" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "seen_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    "ended_because" VARCHAR(64) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "user_agent" VARCHAR(255) NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
) /* One sign-in. It is over when `ended_at` is set, after `expires_at`, or when idle for too long since `seen_at`. */;
CREATE INDEX IF NOT EXISTS "idx_sessions_expires_6bcc94" ON "sessions" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_sessions_user_id_80072d" ON "sessions" ("user_id");
CREATE TABLE IF NOT EXISTS "versions" (
    "topic" VARCHAR(32) NOT NULL PRIMARY KEY,
    "n" BIGINT NOT NULL
) /* A number for each topic that is raised with every change of it: processes compare it to know when to re-read. */;
CREATE TABLE IF NOT EXISTS "audit_entries" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "phase" VARCHAR(8) NOT NULL /* intent, outcome, refused or noted */,
    "intent_id" BIGINT,
    "user_id" VARCHAR(36) NOT NULL,
    "username" VARCHAR(64) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "request_id" VARCHAR(64) NOT NULL,
    "action" VARCHAR(64) NOT NULL,
    "cluster" VARCHAR(253) NOT NULL,
    "kind" VARCHAR(253) NOT NULL,
    "namespace" VARCHAR(253) NOT NULL,
    "name" VARCHAR(253) NOT NULL,
    "succeeded" INT,
    "reason" TEXT NOT NULL,
    "details" JSON NOT NULL
) /* Who did what, from where, on which object, and how it ended. It outlives the people and objects it names. */;
CREATE INDEX IF NOT EXISTS "idx_audit_entri_at_55c728" ON "audit_entries" ("at");
CREATE INDEX IF NOT EXISTS "idx_audit_entri_intent__eae1bc" ON "audit_entries" ("intent_id");
CREATE INDEX IF NOT EXISTS "idx_audit_entri_user_id_917ee3" ON "audit_entries" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_audit_entri_cluster_407558" ON "audit_entries" ("cluster", "kind", "namespace", "name");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztWm1z2jgQ/isaPrUzNJNA3q5zczOkpS3XJtw0pO2003GELbAuRqKWHJLp5b/fSrbxu7"
    "G5QAnHlzasdmX5eaT17mp/NibcIo7YuyRCUM4aL9HPBsMTAn+kh5qogafTaEAJJB46Wlf4"
    "SlqIh0K62JQgH2FHEBBZRJgunUr/EY0+I0jQMXtB2R7qSUQF4rfERTObMHRNmEUsA8trJR"
    "dENhEeSRi9JndT6hKhhpqIB+rUcggawS/JOXI4G8PMzCToWhDClOqeWpPFTVgUZeNf83iP"
    "0R8eMSQfE2kTFxbx7TuIKTzqjojw5/TGGFHiWAkWqKUm0HJD3k+17Oqq9/qN1lSvNjRM7n"
    "gTFmlP76XN2Vzd86i1p2zU2Jgw4mJJrBg9zHOcgMlQ5K8YBNL1yHypViSwyAh7jiK58fvI"
    "Y6biFuknqX8O/wiWFlMzjIv+wLjsDgyjkdkTagkpngKRCdsK9hNlUgH188GfNwJESxvqAa"
    "/edT4+ax8/1xBwIceuHtRwNR60IZbYN9WgRyibLlGYAGFZtF/DiKQTko940jKFvBWY7oV/"
    "LMNAKIgoiI5VCG4I33oBH/TOu5eDzvlfavqJED8cjVdn0FUjLS29T0mf+fxw8BC+65hPgj"
    "73Bu+Q+om+9i+6aRbneoOvDbUm7EluMD4zsBXHJBSHIlCNaI6OcF2ak5broTlz0nYsV2I5"
    "cL11KY6Z7Y7xRhMcfqJrH+KY3SNQHJzPHcOrYnhITOwJkqX5lY3dMopjhimeAbBVHd7Gqk"
    "KexgTfGQ5hY2nDz+PDEqI/dT7qKOj4MEXeRTDS0kMPCbCBF6BO1IE5ZrIDeCHAsBVdAwMk"
    "OR6rGOOk1dbB3Do6qoAzaBUCrcdykK6XMsVMHjNv2thwbkGWpBLR0U1ukqSQyiL7hrsEku"
    "n35F7j24N1YMiAc/AMCgpXwTRPEtFIGj3fxbN54h7fTvDq8MJE+ue8c/mq87rb0AAPsXkz"
    "w65lJJBWI7zFU5K5bnZo0pqkJZiBx7CCt1BrjoOeU90JySgu7agXqlHXmYI2Z3voeoqFmH"
    "FYt42FrYspF5z5tZKZzZGJGeNS12EQZWhGpY0wCo3yizaPOPeuIrMBvqZZUpFR207/XfOL"
    "Gdo8zvdyMdYrdDmrDktc7hTA22XeJOPNE1CHtusLS+oDDVHqhLImIhaV3G2iW0pmxFWl2w"
    "mZDH2/V5eFg+MKLBykU6eIBTWUZCHhy+rs9ozhUlxsWBK7hhhx4glpmDZmY2KEGGZxP+Ow"
    "wzHLh75oihQDQ5hjVcdhLlmvRz/r9z8kighnvUEK+6vzsy6cAU0JKFE//uldDNJpJ3yhbn"
    "McUCnykdEasQ6d/pOFene9sQwBT65q5nukpWhOWO5o3miaVV4DXNGlLjlStrsy+KYxnSnA"
    "FBcM4ldeUf9F6msaWL55/5E4WAadHPmVmVirx9M83pnqzMMqayqfiFvUNBMONcsqK7e+Us"
    "XiSgcer7IWXeUg2LSR5FNqImlj3cICry2I5Rc7CEx9j3ynjvgIUfkSTV1uAr9EIJNPptgl"
    "IIUp0A1sPr+XBX645AV88HPKL2t/+n8o0OiV1cmk5gZbVzRotyrkT+1WYfqkhsrrNCzH5d"
    "Bxj8l8qPO8D/VvOFbhcvZXhfJYreDFb61Wu33S2m8fnx4dnpwcne6fgq5ebnbopCzW771V"
    "UXuCBT+Mr/E5WKWv63gWlV0m3fs8dxcbLfV4WOkZBBQpqej2PtscWRQ8CziaJhq5fKLchQ"
    "uanMFfFDwRH/5NTNWnxyxkgzsBz6KvgXVzH/ekAxmjAE+lCsh86hCt6BsJpaxeRmRd3lqf"
    "vNjdfWuYjiekX7a6gQH1v55giv0CnSble626ddlRza1c55zVwLttrkdc21kt85P1Q/Vdq9"
    "lmBuiJ4q2Ni/pTFtfQ58YbXUQH2sBhN5U7g9ANpnPJyFOxHgSCjKvlLRGXnFYIS04Lo5LT"
    "dEnXX2PuxX+ph4ubLRWULM59t9XTVei5WNDakgv7o+397KXoqu4/UxF3lQuidvEFUTtzQb"
    "QZN6Eb1Dm064B7cgC7BF5S5HvoYoyTVjuYF+9jMyzwVd7GZkFJcKOCkI0BOJaCVUU4ZrJ1"
    "O7h11K50P98uuZ9vpzEOc9uqAIf6O3SroJuoGFSFOGG0w7kqznUh3qFbFV3hmSYhFqnbuJ"
    "OwW66D5Olcdz5iA4lLsMgLLAbkriC3jiy2YEeXlay6XwYJkMN9++y88+V5omL1oX/xNlSP"
    "cfDqQ/8sBbdFJKZOTj7y52X/Ih/vmEm6ZEhNif5BDhUru2aJNRwPPepIysSeeuyv6DlWEJ"
    "UTksa+mawLqgnONujmhbjUtBt5ty7+SLP0xiXSWXTVUgz+IzfL/19uHFoHhyeHp+3jw3n5"
    "bS4pq7otvku4jboLqoYXMZMtTPRW0iesDlUNhAP1LUT3YH+/StP7/n5x17saS2XSXBff63"
    "ziYibr/8T9mhBuOz5mD/8C7z8hnw=="
)
