from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "audit_checkpoints" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "chain" VARCHAR(36) NOT NULL,
    "n" BIGINT NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "prunes" BOOL NOT NULL,
    "signature" TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_audit_check_chain_815297" ON "audit_checkpoints" ("chain", "n");
COMMENT ON TABLE "audit_checkpoints" IS 'A signature under a chain as it was: its n-th entry had this hash. `prunes` when what is before it may go.';
        ALTER TABLE "audit_entries" ADD "chain" VARCHAR(36);
        ALTER TABLE "audit_entries" ADD "hash" VARCHAR(64);
        ALTER TABLE "audit_entries" ADD "n" BIGINT;
        ALTER TABLE "audit_entries" ADD "changes" JSONB;
        CREATE INDEX IF NOT EXISTS "idx_audit_entri_chain_cd2c55" ON "audit_entries" ("chain", "n");
        CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entries' THEN
                IF OLD.chain IS NULL OR EXISTS (
                    SELECT 1 FROM audit_checkpoints c WHERE c.chain = OLD.chain AND c.n >= OLD.n AND c.prunes
                ) THEN
                    RETURN OLD;
                END IF;
            ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_checkpoints' THEN
                IF EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.chain = OLD.chain AND c.n > OLD.n) THEN
                    RETURN OLD;
                END IF;
            END IF;
            RAISE EXCEPTION 'the audit is only ever added to';
        END $$;
        CREATE TRIGGER audit_entries_are_kept BEFORE UPDATE OR DELETE ON audit_entries
            FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_checkpoints_are_kept BEFORE UPDATE OR DELETE ON audit_checkpoints
            FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_checkpoints_are_not_emptied BEFORE TRUNCATE ON audit_checkpoints
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER IF EXISTS audit_entries_are_kept ON audit_entries;
        DROP TRIGGER IF EXISTS audit_entries_are_not_emptied ON audit_entries;
        DROP TRIGGER IF EXISTS audit_checkpoints_are_kept ON audit_checkpoints;
        DROP TRIGGER IF EXISTS audit_checkpoints_are_not_emptied ON audit_checkpoints;
        DROP FUNCTION IF EXISTS audit_is_kept();
        DROP INDEX IF EXISTS "idx_audit_entri_chain_cd2c55";
        ALTER TABLE "audit_entries" DROP COLUMN "chain";
        ALTER TABLE "audit_entries" DROP COLUMN "hash";
        ALTER TABLE "audit_entries" DROP COLUMN "n";
        ALTER TABLE "audit_entries" DROP COLUMN "changes";
        DROP TABLE IF EXISTS "audit_checkpoints";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYferdKJ7Esh1fe3Mzduq2bhO7EytN27QjwSQs4kwBLAFa8fTy3w8vfC"
    "dIk7IoUzS/eCwAy5dngeXugwXw92hJbeSyvSvEGKZk9DX4e0TgEol/8lVjMIKel1TIAg6v"
    "XdWW6UaqEF4z7kOLi/Ib6DIkimzELB97XN9idEkQYHhBXmCyB845wAzQO+SDlYMImCNiI3"
    "sG+VyWM8THAN5wUTtHnz3sIyarxoCGzbHtInAjfnFKgUvJQlyZWAjMGUJENt2Tz2RTSzwU"
    "JounuX1A8F8BmnG6QNxBvniIT3+KYixu9Rmx6Kd3O7vByLUzWsC2vIAqn/F7T5V9+HD+7X"
    "eqpXy165lF3WBJktbePXcoiZsHAbb3pIysWyCCfMiRnVIPCVw31GRUpJ9YFHA/QPGj2kmB"
    "jW5g4Eolj/59ExBL6haoO8k/B/8JHy3VbDa7uJzOrs6ms9mo0CfkI+T0FBZZoluJ/oQJl0"
    "D9/UVfNwFElY7kDd78cPL+q8nRPxQElPGFryoVXKMvShByqEUV6AnKlo8kJkJhRbS/FTUc"
    "L5EZ8axkDnk7FN2L/llHA1FBooJkWEXgRvBtF/Dp+buzq+nJu5/l5ZeM/eUqvE6mZ7JmX5"
    "Xe50q/0vqhwkJo0xFfBHw8n/4A5E/w++XFWV6Lcbvp7yP5TDDgdEboagbtNCZRcVQkmiZq"
    "ToZwUzVnJbej5sJIG7RcS8uh6W2q4pTYMIw7reDoE914EKfkNqDicHwOGm5Lw9fIggFDRT"
    "W/caBfpeKUYE7PArC2Bu+oLZdntISfZy4iC+6In0cHFYr+5eS98oKODnLKuwhr9lXVlwzY"
    "Qi9CdawJzCmRAeAHARZd0Z9BAYnBYpVjnJXqHcz7h4c1cBatSoFWdQakm4VMKZFNxk2dde"
    "ceiJJkIHpzawySJFJFZL+jPhLB9E/oXuF7Lp4DigjYgGdIKHwIL7OTiCalyf19uIoD93R3"
    "Eq8uXhhxPc5Prt6cfHs2UgBfQ+t2BX17lkFa1tB9miuJ2xarlvvLfAkkwmLY4VvIZ06Dbm"
    "B3ImWUUzvyhRrwOp5oTckemHuQsRUVz+1A5igy5YISzZWsHAosSAjliocBmIAV5g6AIBIy"
    "kzYbvPbAyHTA1owrGBnZ7dT/Db+YkcxmvpcPY92iyWnbLfGpWwLvGQmWBWuegTqS3Z5b0h"
    "xo4aUuMRkDZGNO/TG4w2iFfEndLtHyWtu9plp4dVRDC6/yoVOiBVmV1ULGljXp7QXBtXTR"
    "sSB2Cz7iMmB8ZjmQLNAswrCI+ykVPRwSM/Rll8hp4Fpco63hEJds16KfXl6+zZAIp+fTHP"
    "Yf3p2eiTGgVCIaYe3/nF9M82Gn+ELdGQxQJfKJ0Baxjoz+zkI9TG+so4CdY820RVpLzRnJ"
    "Qc2dVrOMa4Su8FqTHDnZgQbvmqYLBEw5YZCe8kryL3Jf01Dyu5/eIxfyMJPDzMykUj12c3"
    "gX2JnMuLkWDycu8kiQTvVVdnZgVGOkIyPmYO+RML2LL9TX7sTpLXrsiDvx8FRepk8YtUlj"
    "/iK6VEmeWlQ1riIz73Sjmnzmibi97MWKWETQcgCnHrYAd6DKGhOvzZCt+UUkLn0PtB8F6A"
    "3A/Gvg+dQSJhUxYNGlB30kSsUlwK2w9zp9TPzw0QvhYxsYz63f/RGcqHqyJuRFLNA7nm6y"
    "X4OymOyXMhayqpoaJQabgxfnhJuhNpkfrCcV2zA5L9tCeSGf4MW/9vcnk9f7LydHx4cHr1"
    "8fHr88Fm3V4xarXleF1+ffy0A5owUdOTfwwNq0dZGjYbB1KR+k3Nal3Z06ts6jLrbuwQLf"
    "adMAgeTTgcptFT8WPg28MSDS1MiSa8qdMaAEyJkXyw0Y141FyfyfhqzbNm5gsFifRvo2qj"
    "qc3AqFRwLudLW6YaZ+mALq0hRQpJYGn5WUSJdnJtamwye16PBJBR0+ydPhAze4TrfeCSoh"
    "rWZl7BqmxqRlHmG+Ho6DdyM1JjNrp74iDfHMCLWbbNSVcdIA0ifL3epL/6xI3Uqcnkcmb/"
    "2ceE872UcfzN/KjFFzBle+024A1po5cZ3sqY9PiSt8pzaA6PfRdXoJafrL3KU0Q426IWKN"
    "1VEer6p3qhmtXskgEboqgGQq50/yWzqyVCMYIwYgk6FjMRJtKjzkCnbg4zauIsQa5gkOOY"
    "LjujmC6cdqgHBOrHeLF169fPmyTiKgaFaeCqgqh2D8GQbjQ6JOb9W8VvrGkJkwZCZ0eNY9"
    "hZjBtc/iWe7f5xRYbzmRmiHCeg5IBQjmlUHmZsbpoTjAVKH7MOXTKU/+CVnqjo70XSVVu7"
    "l8c7Os6ra5qo520Q2wVU9HqXazn+7qMuNwesDgJSQTB+UeQkS+1XMP3gcuYiAQavIBBPJ2"
    "Rd+gpM3A6HXAsFb5AQOjNzB6/WD0fGmBikD/eHV5YQY6FsiTO9ji4H/Axay11M2n8b8kFB"
    "lGJwL0q3cnv+axfvP28jRvT+QFTgci9bkwbAOR+izUvBNEakeVvl16MF7EZHD70wucyh1/"
    "6OFZspyqHjOo2su1LjqNfA9cymUvDHD0mQNK3HtRYeMFYmqxzC3y+DeihFnUUytk1IZBog"
    "K6rhKjK6FosIT3wKZmjrHtGw5ByRCUdNeytB2WOLjZ7ohR+x6Cu/k9hrRZahTuxRJDSP1g"
    "31U2vkmMFws8Ksbr5izuEOJ1WhU74fsPe/Y/Ny0Lj3qdkZwSG3ay6bx+b3y6bOKEZIR6xz"
    "i3sKEnuhMx6jrjKCs5DKUuD6VIV2ucjmAQ7d2welV3HqdqGmfYV36LaTRDwke7CR8ZpB9J"
    "jSsy9wPb4aBou9x4jJeBG09jWc6NK9p5FmnuYW78o9zZCYZs9Qoy4ELGgTzcCkhXCkBRq0"
    "9vEa/vIODTld5SSvLT4Z5Rkq8Wr3Sv6GlfqHklai0kZR0a+EV+fFs3NWb08niCITyVZkjq"
    "7RRvvivnC+0wA9mJ8LmbX9Ze+Pz6I9DMXKVlhrz4ahc0/oQ80gft4X6eeUc03a26lHp8xY"
    "Wy7DfhBmAGdyvboNLnCrcRa5CNIMYysqNd6vbk8c/QRfYcUA8RprMD1CnRjty4k66+AXMR"
    "i2O5F+lcLlhasfA4aQ4c4T3J3e8QEKogyBIdSLhAaGVOStjSfYfchA7Yryofa0iYjnyrOl"
    "vkHZXvkHdU2CBPDylD2IwJ9O9LJnhjmfwxJfdcB3K7+XUwgXoaztfGfpTA8vT84uT9b/Hs"
    "buxMvb28+P7UML97+tv07KTIZuNoR+cs8qVb3aZFtrfj7au2Orbe8Xb/1cHrg+PJ0UG80W"
    "1cUrW/bfEUGIb8u2bbaSYSPYzCJrWI4kkFUTwxbOBBicwHbAJySqSHKLeyZyle6qMgBSgG"
    "u1x1flROcjiwq8mBXbY6W9uwjWAlkRPL9LB3t3IY91pUTlpuyGjqNJkzLFp5FmoWjv566Y"
    "kZwSEXYwd0bFG7UfSdE+tdDsbmP4shYkvEGFwYsJ4KD7oS65RkD+CuGkNnv04zw6eQa52J"
    "xqPm+QTszhyDchLYmL9xkHXrUc1KFxeZ5ZqMK9eaycYzK25d+3wUeXQi5IGP4v0kxOcYE7"
    "lTLOZy0vtrta6LvJDnMRHu3wMH2pp5lSc0y2Pr/YAgNteU6yo8xuka3VB9NpOc914YFp9t"
    "99YPU72fRurusjHRc+21id+qc4qM1K+Btgk/Z93lI7d2UNG4ghCOVVSbhogEehimTeqsqJ"
    "qUr6iaFFZUdfsMrp707tTqwPCI+9qrA8P2PezLLVAOzcmGIf7sfmyiP/kN+dFEaIvU6BPN"
    "W22OGY39syaBSUaoF4bquUUlZ9LVHpUFJLq2RiwiPfbau959dCiwsa18+LFOrhU+vY/USY"
    "krB1sOoNf/RZaohMQGDl1J/x6JDmHvgXMOaMBdfIeYSsP1EPVcpBpqIRVPyJdhphzfLd35"
    "D/IHmSt3dD4GczJXrebykz5XJ3VIVcjNfkPc9KOEsYwMWRBYyT/qCqx+TJMkBt2KChXdyM"
    "fxoE74Uir+U54gOUQ/HfEPK1KOO+3SDFmwa3o0wgaU8KxnJFgWcjSznk0k3OVPrRzxwqyN"
    "pbG06FJczkc3MktbHnxLKNc5RU1DhuMaEcNxacBwXJh9V89ozEautHBpsbVi4W6d1fU0kX"
    "DpSsTKZdQlKxE31veLOZXbmWjYPLEjwWqaTJmW6cHkwhZSHHZiPdDOAuwj8ZLMbKGrFoen"
    "pQaYH+7HVtNNlBOJLjshnQF4Vw6A31IPbiWVMop16wIctR/QrYNuhkFosjYjFhpwrotzU4"
    "gHdOuiywLLQsg2LoKpmkzIyK03n7A7uWsbnE7wEWQmx6J8LiGR6EGP3sY0QvZEDA6x2+iQ"
    "hpTI9o9pSK1XvA6wyyXLLW/7FEsW29nZU6U5N1JISmTYU/VRyG8za6hjaPcmaahruPY/Z6"
    "hriLcQmXdl5h352HJGpll3XTOunHFP2jw01V4O9oZ3Q3guc8KPXMhcPtt7h3zzQvHywZ4S"
    "6SEVt394WCsKPKyIAg8LdKdnOOu0guvUzXuIbis7jKpV4KYjMCp83kRkOCuuodP7pB+zL/"
    "8HszasCg=="
)
