from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "identities" (
    "id" UUID NOT NULL PRIMARY KEY,
    "issuer" VARCHAR(1024) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "signed_in_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_identities_issuer_1dda2d" UNIQUE ("issuer", "subject")
);
CREATE INDEX IF NOT EXISTS "idx_identities_user_id_5a446e" ON "identities" ("user_id");
COMMENT ON TABLE "identities" IS 'Who a user is to an OpenID provider. The pair of issuer and subject is the only thing that tells.';
        CREATE TABLE IF NOT EXISTS "claimed_groups" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(64) NOT NULL,
    "identity_id" UUID NOT NULL REFERENCES "identities" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_claimed_gro_identit_4b2ce3" UNIQUE ("identity_id", "name")
);
CREATE INDEX IF NOT EXISTS "idx_claimed_gro_name_d92618" ON "claimed_groups" ("name");
COMMENT ON TABLE "claimed_groups" IS 'A group that a provider put somebody in at their last sign-in, by name: it counts when there is such a group.';
        CREATE TABLE IF NOT EXISTS "invites" (
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL PRIMARY KEY REFERENCES "users" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "invites" IS 'A link by which a user sets their own password, once, until it expires. A new one takes the old one''s place.';
        CREATE TABLE IF NOT EXISTS "preferences" (
    "content" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL PRIMARY KEY REFERENCES "users" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "preferences" IS 'How somebody likes Gyre to look, as their browsers wrote it; checked and bounded by gyre.people.';
        ALTER TABLE "sessions" ADD "id_token" BYTEA;
        ALTER TABLE "sessions" ADD "provider" VARCHAR(32);
        ALTER TABLE "users" ADD "display_name" VARCHAR(128);
        ALTER TABLE "users" ADD "email" VARCHAR(254);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "sessions" DROP COLUMN "id_token";
        ALTER TABLE "sessions" DROP COLUMN "provider";
        ALTER TABLE "users" DROP COLUMN "display_name";
        ALTER TABLE "users" DROP COLUMN "email";
        DROP TABLE IF EXISTS "preferences";
        DROP TABLE IF EXISTS "invites";
        DROP TABLE IF EXISTS "identities";
        DROP TABLE IF EXISTS "claimed_groups";"""


MODELS_STATE = (
    "eJztXWlz2zYa/isYfdl2R/E4kq+mOztjJ26qbWN3YqXn7kgQCYtYUwBLkFY03fz3xUFKPE"
    "Ca1GWKxpdMDOAlqefF8d74qzOjNnLZ0R1iDFPSeQP+6hA4Q/w/2a4u6EDPW3WIhgBOXDmW"
    "qUGyEU5Y4EMr4O330GWIN9mIWT72AvWKzi1BgOEpeYXJERgEADNAH5EP5g4iYIyIjewRDM"
    "ainaGgC+B9wHvH6LOHfcREVxfQaDi2XQTu+V8BpcClZMqfTCwExgwhIoYeiW+yqcU/CpPp"
    "87w+JPjPEI0COkWBg3z+EX/8hzdj/qrPiMV/eg+je4xcO8UFbIsHyPZRsPBk26dPg3ffyZ"
    "Hip01GFnXDGVmN9haBQ8lyeBhi+0jQiL4pIsiHAbIT7CGh60acjJvUF/OGwA/R8lPtVYON"
    "7mHoCiZ3/nEfEkvwFsg3iX9O/hl9WmLYaHRzOxzdXQ9Ho05uTohPyPAparL4tOLzCZNAAP"
    "XXF/XcFSCytSNe8Pb7y49f9c++lhBQFkx92Snh6nyRhDCAilSCvkLZ8pHAhDMsj/Y73hPg"
    "GdIjnqbMIG9HpEfxf9bhQNywYsFqWcXgxvDtF/Dh4MP13fDyw0/i8TPG/nQlXpfDa9HTk6"
    "2LTOtXij+U7xBq61g+BPwyGH4PxJ/g99ub6ywXl+OGv3fEN8EwoCNC5yNoJzGJm+MmPnTF"
    "5tUSrsvmNOV+2JxbaYbLlbgcbb11WZwgM8u40QyOj+jaizhBtwUWR+vTcHhXHJ4gC4YM5d"
    "n81oF+GYsThBk+c8B2tXg7uxJ5OjP4eeQiMg0c/ufZSQmjf778KKWgs5MM826inp7s+pIC"
    "m/OFs47VgTlBYgB+EmA+Ff0R5JBodqxijNNUrYO5d3paAWc+qhBo2ZdG2vPpI7aRXwfnJM"
    "1aKDfsHEjD3O9VQLnfKwRZdKUxxvwp9AGRPMZXmEB/UaSZrqgyKE8WAWKHh3MJrlc/3l6l"
    "jloO59Xg5vLjb199uPz169R5++Ptzft4fPIYvfpteH2p20jqWQQSJNs0CzRWW3nCCCDsLP"
    "cPWhuAQCqP7HfUR3hKfkBqXg/4d0Bi6USLyF72KXrMQSK6al2934fzpV0qOZ34T+c/GAVq"
    "e728e3v57rojAZ5A62EOfXuUQlr00B7NtCzH5rtmvVm2BRJ+INrRrxDfnARdY7yMmVFsuR"
    "Q/qIbZ0uOjKTkCYw8yNqf8ux3IHGkrvKFEmQLnDgUWJIQG0swIMAFzHDgAgphIb5Pc4rON"
    "wbEBe023xOAopp38f02BMKbZjjj4NNZ7k1O2L3XbmHkuXIzqwpyla59M+Lp3UQFsPqoQbd"
    "mXhhvNIHZrqeoxQfsA7p1Wmc18VIluk5vPPnUL5vE1CWc56SSFdUy7Py2yPtYdaM8w6QJk"
    "44D6XfCI0Rz5wtM2Q7OJOsdrz/SzKhM9a+lKzPOznIaZPJtrqZlZwjZO+x2o9LOQBSPLgW"
    "SKRjGGGtWT8hkOiR76okdk9VD+jF0th2XLnhXR29sfU4ro1WCYwf7Th6trvgYkS/ggrOT5"
    "wc0wayXkEtejZgMqRX5FtEesYyHmYKE23uh1GHBwTg61I63F5hSlYXOj2Sz0dM4rvJZPOk"
    "NrvJZN43TOoFhsAEtGKKzC5TKnaUT53Q8fkQuDKPBOb2lMROYd5vLOWRtT62bCP44/ZEOQ"
    "rtRTDnZhlGOkNCPmYG9DmD4sH9TW6SS9TxuidOnhYezEaiNG2EYkwAFGG+I0UM9ZtAmnWu"
    "6LBKTkUcj5hXDeEjSk/J8KoC6f1MKNzPPRPfIRscqmXnWsfko/riWA1XSK/cw39IKg/rir"
    "W+Yae1SDKnrHLvnrxRki3VQIWg4IqIctEDhQhtjzX8KQrbxViD96AZQWA+g9wMEb4PmUc4"
    "tLRsCiMw/6iLfyR4AHLm2pWHv+h49ecQ1X4z/b+9s38LDJL6tjOlwStM7rs63olGJHmzZM"
    "ZToggR5q3Z6CVQTWLg6y412hPBVf8OqbXq/fP+8d988uTk/Oz08vji/4WPm5+a7zMuPW4L"
    "0wU6W4oOxWNfSfXQYAxGK+Zq9LaADFe11S2aiy13nUxdYCTPGj2hogEN5ZIBOB+B9Tn4Ze"
    "FxCx1YiWCQ2cLqAECD++5YYsUIN5y/jvmhSlXbxAs2P90VGvkd1RqERE3OFwJ7vlC1P9Jq"
    "CgSQEFMVtqHCsJkib7Bdd2RvUrOaP6Jc6oftYZZSzz60zrgzDkJdksN7uagZZJmg22r6d1"
    "kcMItEwpd/IUqYlnimi3oatNWSc1IH22SOC2zM+SQOCV0LNhKPBPK+npIOfok9HAqTWqjw"
    "fOTtotwFoxwrqRM3XzAOvcObUFRN/Hz2klpMmTuUlB6wp1jca6ZEexvip/U0Vt9U4oidCV"
    "CiSTEeTCvqU0S7mCMWIAMqE65jXRusQm8rwBh1u3zCBWMxzaRJx3K0ecJz6rBsIZstZler"
    "4+Pj6uEobLhxUH4spOo4y/QGXchMm1ls1rBU+ZuCATF7TPWI6aUn0CMY1on8azWL7PMLBa"
    "cqr0EGHlA5IKgj7PVD9M6x5aKphSdTcun0ZJ8s9opW7oSj9Uo2oFOA/eqrpvW1VDp+gWrF"
    "XPZ1Jt5jw91KIVkXtAIyWsHAfFEkJsfKsmHnwMXcRAyNnkAwjE6/KyQcEYY9FrwMZaJgcY"
    "i56x6LXDoueLHSgP9L/ubm/0QC8JssYdbAXgf8DFbGehm88jfwkoUhadGNBlYbEE1m81Zc"
    "XEA66MIfWlWNiMIfVFsPkgDKkNZfp+zYPLFEKN2J9MLywW/KGHR6tkxmqWQTle5LqoMPIj"
    "cCvSXhgI0OcAUOIueIeNp4jJZJkH5AXf8hZmUU9myMjyc7wDuq4ko3POaDCDC2BTvY1x1y"
    "80SolRSpq7s+xaLXFwvVLS8fgWgrv9Cl9qW6ql7i0pjEr95NyVe3wdHW9JsJGO10wvrlHx"
    "Gs2Kg5D9zQVHL43LXKJeZyUnyEwdqcbz996nszpCSIqodRbn7cshPnrkOuo66yhNaZZSk5"
    "dSzKs1rpLSkLZuWb2u6scpc+NorzsyYTTmlpJDDPhIIb2haVwacz+xA1aK9msbX+KlsY0n"
    "sSy2jUuz8yjm3NO28V9EZScYWavnkAEXsgCIm0CBEKUA5L3qqjv+8x0EfDpXJaWEfTqqGS"
    "Xs1fwnLaR52udsnvNeCwlah4Z+3j6+r5dqI3qXl3DFV/iZoN5G2c0P5TLGA7ZANkJ9bubJ"
    "2gqZXx0C9barJI2Jiy8XQQtuf6wtg7awmm5WEE1OqyaFHt8FnFn226gAmEbcSg8olbmiMm"
    "I1ohH4WkZ2XKXuCIwZgi6yx4B6iDAVHSDKeAaOKNxJ59+CMdfFsahFOhYJS3OmKnLiADhc"
    "ehLV7xDgrCDI4hOIi0Borg9K2NN7TWxCA/avMhnLBEzHslWVEnlnxRXyznIF8tSS0qjNJV"
    "cDr2jWvBi4oaeDDtRd3Qwcb1R55AtL3SZJ9lfx9vWuJraqeNt7fXJ+ctE/O1kWul22lNW3"
    "zd/BxJD/WK+c5oqihVpYv5KhuF9iKO5rCnhQIuIB64CcIGkhyjupWYpn6mJhqL2GoOz2tg"
    "yluS6vznV5QtYcTTRlBEsNOUuaFs7u7VtyFGD1TTlJOhPR1GhjjklaeRFs5oL+euGJKUIT"
    "i3EAPLaoXUv7zpC1LgZj+8dihNgMMQanGqyHXIIuxTpB2QK4y9bQ9a/D1PLJxVqntPF4eD"
    "YAuzHXoLx1Id/m7MLKsqn+brlVV44c1Sk0e6nKSSlnNRSu6kcsikl4YQAYnaEJtRei8BTv"
    "DRyE/cjxjafklbj4fbKQRSfeCAOrRUPOvejmJQf5MhuMhZYT332iuzNlz2/X+tdx4uo7Cb"
    "7xrxvbb0OcvLs+d+K5X9P3miEz7tdy92tyh9nQA9vCezq7GQ9sZnI1yQm7RF9zUCc5U3xI"
    "p+9rrRLutrxIDEsHJiTg1kNk8G55XB6BoYOAB/n5KK5GZCwU1aCIzY+/yX+RJdO1RVCa9J"
    "YGDmeROnAD5PLPzh3Ke3mj/iCWD5JmOvUccxI36yReMajqWbyiaKF19PVxr8qBLIaVBOP3"
    "8vm20eyvgXOCpIVA905PKzlZTkucLKemFv2LNGEJbZHzCpM1GJ2lNcbKJnPaJDGZJKbn1V"
    "y2ksSUN+Otn86UNR4e5jm035SmAXlUIQJ5DU/1dEv1OzmmsvXVxeRB2DHnDpamSql2MRSw"
    "yOBJ54TrWYzNqW93Zb5QF4RcgRQ1tkBUAOIIXAKVTYRAAB9QpHu5tmj5GwOeCy1N7eB9v3"
    "yDGNvm7OzPGgm6G6VOBbw7kDm1XHwpqvaF2W7d0mrUjRchhB5WOR/D5hps3shh/JQkfUvQ"
    "kPJ/dixHN+H82rIYvdmFDj66Rz7iWDOdxJfsLhX7vMzAJ0W/7+l85eJ2sRCc3i98UYUVuJ"
    "Q+dMUFrUoKm4g0JnmTq08DxEWvb4HlIOtB5i/ZYELF9Q+2kOOm/AFHHqKeqxH39vFCI+I1"
    "U8STIfi6+qPFJRwTJPsv1J/wlUxC7AaYsCPx2udwl+ymtqMJkTVSgpESDkVKuAxtHLwVZ6"
    "BH1QflC8FnhpRKC1AMHlnL0ZXNRcIhAYOQH9vxnU98PxABckyYZOaQvZG118mrwAF89/YX"
    "wIG2yo4WqvoRGHt+SBAbq0C5uXDK874JuqciYi6QtWmmmgLx+33103LEHx35djGYqCiBym"
    "EBV3hamGCplSY0qZXRfGzsGopSK7/p9fr9895x/+zi9OT8/PTieJljme8qS7a8GrwX+VKp"
    "jTROoCoRO2IWVU4VjAla6MPuV6l63i+uet7PVT3XQFs2t/ecNdyS2Z2o4F/TQrpd2+hzQ7"
    "7rtMD6CYFGAG6mAJxkqzryNftUWQ7zimiP6cvPw9AtZi8v5bM82sXJQymiVmxULyhzSKoc"
    "10LU7hQpJKq3gi4iJPZaMck2tqUM31UFMOci5Ub4iCNnMpXhiF1pMHToXDqMhdXwCAwCQM"
    "PAxY+Rq1iZD+VARST1CfFjCmKT9/Lmf5N/k7EUR8ddMCZjOWosjnT+X66vCFaIzKQIN/Up"
    "kS6j0o/m4h/5hMKI57xOsyre9cA7pHYjPseDSstX2UldYLSfxsiHJWVBGy3SNMSofXgSDd"
    "8DCrLRrkk4yxnm0pJNTNzko1aseL6tdcVmadEZf5yP7kUlVUB9QGig6n7VVRkuKmgMF4UK"
    "w0Uub01+o9ZhVLrDJcnW0oWfjt9t605XwVdXetVJga9ud2mZeyoGsH3DjgCrbtJrkqYFBQ"
    "D2UIboIGp2HyzAPuI/kul36LILXJJUBuan57EVB4BXnsZWQch4o4SQxgCcUMkqezFWJK2b"
    "wTspdxjrulUBjscbdKugm7IgVIU4RWRwropzXYgNulXRZaFlIWRrC1WXORNSdOv5Ew4nZX"
    "OL7gQfQaYTLIp9CSuKFszofbgRUjeYowBiV6OPFEdoJkhMhGY5Q9aO0KzFkASJufd8I+T3"
    "GTXUMLRbEzTUNFzbHzPUNMR3oJk3xfOOfGw5HZ3XXfV0Sz3uqzFPudqLwd7yjUUvxSe84W"
    "Ujxd7eR+TrL3MpXuwJkhaa4nZSs0ksqhoIR8NbiO5ObgE/tDSxAxd6n/Uw+/J/KB+Ihg=="
)
