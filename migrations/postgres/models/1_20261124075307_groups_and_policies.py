from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "groups" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(64) NOT NULL UNIQUE,
    "description" VARCHAR(1000) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "groups" IS 'Several users who are given policies as one.';
        CREATE TABLE IF NOT EXISTS "policies" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(64) NOT NULL UNIQUE,
    "description" VARCHAR(1000) NOT NULL,
    "rules" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "policies" IS 'Rules under a name.';
        CREATE TABLE IF NOT EXISTS "bindings" (
    "id" UUID NOT NULL PRIMARY KEY,
    "cluster" VARCHAR(253) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "group_id" UUID REFERENCES "groups" ("id") ON DELETE CASCADE,
    "policy_id" UUID NOT NULL REFERENCES "policies" ("id") ON DELETE CASCADE,
    "user_id" UUID REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_bindings_policy__91ba5e" UNIQUE ("policy_id", "user_id", "cluster"),
    CONSTRAINT "uid_bindings_policy__4b7818" UNIQUE ("policy_id", "group_id", "cluster")
);
CREATE INDEX IF NOT EXISTS "idx_bindings_group_i_8f7166" ON "bindings" ("group_id");
CREATE INDEX IF NOT EXISTS "idx_bindings_user_id_a781b1" ON "bindings" ("user_id");
COMMENT ON TABLE "bindings" IS 'A policy given to a user or to a group, never to both, on one cluster or on `*`.';
        CREATE TABLE IF NOT EXISTS "memberships" (
    "id" UUID NOT NULL PRIMARY KEY,
    "group_id" UUID NOT NULL REFERENCES "groups" ("id") ON DELETE CASCADE,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_memberships_group_i_58defd" UNIQUE ("group_id", "user_id")
);
CREATE INDEX IF NOT EXISTS "idx_memberships_user_id_6b1e99" ON "memberships" ("user_id");
COMMENT ON TABLE "memberships" IS 'One user in one group.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "memberships";
        DROP TABLE IF EXISTS "policies";
        DROP TABLE IF EXISTS "groups";
        DROP TABLE IF EXISTS "bindings";"""


MODELS_STATE = (
    "eJztXG1v27YW/iuEP/UObpDYaZINFwOc1u182yRD427DikGhJdrijUxqIhU36PrfR1KS9U"
    "bJkmM7sqsvbUzyUNRzyEOe5xzxa2dOLeSwo1vEGKak8xP42iFwjsQf2aou6EDXjStkAYcT"
    "R7VlQSNVCCeMe9DkonwKHYZEkYWY6WGXB4/o3BAEGJ6Rl5gcgREHmAH6gDywsBEBd4hYyD"
    "Igv5PlDPEugFMuau/QFxd7iMmqLqBhc2w5CEzFL04pcCiZiZ6JicAdQ4jIpkdyTBY1xaAw"
    "mT3P432C//aRwekMcRt5YhCf/xLFWDzqC2LRT/femGLkWCktYEt2oMoN/uiqsk+fRm/eqp"
    "by1SaGSR1/TuLW7iO3KVk2931sHUkZWTdDBHmQIyuhHuI7TqjJqCgYsSjgno+WQ7XiAgtN"
    "oe9IJXf+O/WJKXUL1JPkP6c/h0NLNDOM65uxcTscG0YnNyfkEDJ6CotMMa3EfMKES6C+fg"
    "v6jQFRpR35gNe/DD6+6J/9R0FAGZ95qlLB1fmmBCGHgagCPUbZ9JDERCgsj/YbUcPxHOkR"
    "T0tmkLdC0aPoj3U0EBXEKoiXVQRuBN9uAR+Proa348HVr7L7OWN/OwqvwXgoa3qq9DFT+i"
    "LQDxUWIjAdy07A76PxL0D+BH/eXA+zWly2G//ZkWOCPqcGoQsDWklMouKoSDSN1Rwv4bpq"
    "TkvuRs25ldZquZKWQ9NbV8UJsXYZN1rB0RZdexEn5Dag4nB9threloYnyIQ+Q3k1v7ahV6"
    "bihGBGzwKwbS3ezraOPJ05/GI4iMy4LX6enZYo+rfBR3UKOjvNKO86rOmpqm8psIVehOpY"
    "HZgTIi3AKwEWU9EzoIBEY7GKMU5LHRzMvVevKuAsWhUCreo0SNdzmRIim/SbGnucW+ElSU"
    "d0eq91kiRSeWTfUg8JZ/o9elT4jsQ4oPCANXiGhMKnsJu9RDQujZ/vwcXScU9OJ/Hq4oUR"
    "D9b54Pb14M2wowCeQPN+AT3LSCEta2iPZkqWbfNV8948WwKJsBhW+BZyzEnQNexOpIxiak"
    "e+UA1exxWtKTkCdy5kbEHFuG3IbEWmXFMScCULmwITEkK54mEAJmCBuQ0giIT0pM0G+24Z"
    "mQbYmm4JIyOnnfq75o4ZyWxmv1yN9RZNzraPJR51CuAdEn+es+YpqCPZ3R1L6gMtTqlzTL"
    "oAWZhTrwseMFogT1K3czSfBHavrhZOzipo4STrOsVakFVpLaRsWZ3ZnhNcSxcNc2J3cEac"
    "+4wbpg3JDBkRhnncL6mY4ZDooS/qIqOBiehjW8thWbJbi355c/MhRSJcjsYZ7D9dXQ7FGl"
    "AqEY1wcP4ZXY+zbqfYoR40BqgU+Vhoh1hHRn9voW7DG+soYO9Ys8AiraXmlGSr5karWfo1"
    "Qld4rSBHRralwZum6RwBU0wYJENecf5FZjcNJd++/4gcyMNMDj0zk0j12M/lnWNnUutmIg"
    "YnOnkiSJdBL3u7MMoxCjwjZmP3iTBdLTs6pOm0TYruNwFXQQ5WVNUtI+oegkYVubqBeLzU"
    "kCLNEDRtwKmLTcBtqDKixGszZAXcGRJdP4LgjADoFGD+E3A9agpzgRgw6dyFHhKlogtwL2"
    "xZkBolfnjopTg/ati8nT/9CXyfGlkdx3wpcHAcVL9XwR3v9wq9cVlVTvsRjdXBsxHheqh1"
    "BggHAbNtmJzjbaE8kyN4+WOv1++f9477ZxevTs/PX10cX4i2arj5qvMy13H0TjqBKS0EXm"
    "GN08U2bV20iWpsXWJ/LbZ1ya28iq1zqYPNRzDDD4FpgEByxUDlbYofM4/6bhcQaWpkyYRy"
    "uwsoATKqYDo+40FjUXL3gyajdBsP0Fisz53gMao6DNyEwh0Bd7JaPTBV34Y3mhTeiNRSY1"
    "tJiDSZdV+b6u1Xonr7JVRvP0v1trzXOtN6L9zkpJqVsauZ9pGUeYL5Wu3j7UfaRyoipXaR"
    "mnimhLabSNOUdVID0mfLSzqU+VmSlhQfep6YmPRrfHrayzm6MjcptUb12UnZSbsBWCvmez"
    "Vypj493Su3T20A0XdRPwcJaXJnblIKXYC6xmNdqqPYX1XvVNFbvZVOInSUA8lUPpvktwLP"
    "Uq1gjBiATLqOeU+0rnCbB9eAza1bRojVzIFr89+6VfPfksOqgXBG7OAS80+Oj4+rJLmJZs"
    "Vpbqqydca/Q2e8TUI5WDWvlZrQRt3bqHuDo+4JxDRH+zSexef7jAKrfSqjIkQ4iAEpB0H/"
    "1Yu+mTY8tHQwlevehnwadZJ/Rpa6oSt9X0nVZn6auFlWdddcVUOn6AbYquejVJs5T/f1E9"
    "owPKA5JcSBg+ITQkS+VTsefPQdxIAv1OQBCOTj8meDgjYto9cAw1p2DmgZvZbROwxGz5MW"
    "KA/0/25vrvVALwWy5A42OfgHOJhtLXXzec5fEooUoxMB+uJq8EcW69cfbi6z9kR2cNkSqd"
    "8Lw9YSqd+FmveCSG2o0ndLDw58C/Mh4Z724J+oLT38Q9nOQKJhZQ/gd5sCC1tgYUPeBVOP"
    "zuV3LR5SWeMLG5s2oJP/I1PeT0wsYNOF/ARGXX+nLjWmPnfwg3AQhBMAXERdB6mGgRCTje"
    "XLsLxfsdMnr/ZWPicTn+9FhfxfdeDCwEdWSvmrlldT9k2J1q/RfFQSHpybe9je2UclZd5O"
    "/d2rvWK3mZtWKkXYhkX3cq6+O2gp3OTPGOSKFwa7K82ZSeeiOw9NfflRIvUAoXJ41VZhyh"
    "O7qOCGXRT6YBdZBywYo5YDL7VwSbG1vp5rVmbhLi1dhfDDiis9tbBvbO7nKbPdcAz9Khdj"
    "9YsvxurnLsZqxg1wDaJx2pt/9w5gD4mXZHoLXYxxWqqFefU8NutSvrFEkw8hjQF4Xz5X3d"
    "nd1Vv4WDXybasCHLVv0a2CbooxqBN6Wwq1OFfFuS7ELbpV0WW+aSJkoboXlqbk1rs5s5l5"
    "tVr3bXMXZ3oIMt3BYoy+FPjWscQBzOgyymr4xzgFci6yuWSsPtxcv4uaZ8Od2fg9h9ipFV"
    "JOiOw+qJxIR5n42OGYsCP52OfISNlYqLlGcGqrkRfkYdPu6KIuQU23NOISt1kVaikGf8Op"
    "VN9LxKF3cnp+etE/O13Sb8uSMtZtdSzhIb4Gr+rxIiFygI7eVu5Hl4uqBsJh8wNE96Rq1l"
    "RZ0lTOk6aKfK+zxSVE2rypfdrMvv0L5Gb3pA=="
)
