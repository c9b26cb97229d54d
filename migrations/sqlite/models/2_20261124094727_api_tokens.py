from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "api_tokens" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(64) NOT NULL,
    "hint" VARCHAR(16) NOT NULL,
    "digest" VARCHAR(64) NOT NULL UNIQUE,
    "scope" JSON,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP,
    "used_from" VARCHAR(64) NOT NULL,
    "revoked_at" TIMESTAMP,
    "revoked_because" VARCHAR(100) NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
) /* One token of a user. Of its text only a digest is kept; a scope of None is all its owner may do. */;
CREATE INDEX IF NOT EXISTS "idx_api_tokens_expires_5af533" ON "api_tokens" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_api_tokens_user_id_26a191" ON "api_tokens" ("user_id");
        CREATE TABLE IF NOT EXISTS "token_uses" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "address" VARCHAR(64) NOT NULL,
    "used_at" TIMESTAMP NOT NULL,
    "token_id" CHAR(36) NOT NULL REFERENCES "api_tokens" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_token_uses_token_i_e74029" UNIQUE ("token_id", "address")
) /* When a token was last seen from an address: the row that one process of many may renew once an hour. */;
CREATE INDEX IF NOT EXISTS "idx_token_uses_used_at_c03816" ON "token_uses" ("used_at");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "token_uses";
        DROP TABLE IF EXISTS "api_tokens";"""


MODELS_STATE = (
    "eJztXW1v2zgS/iuEP/UObpDYaZLbOxzgtGk3t02yaJztYouFQku0xYssakUqTtDrfz+Sen"
    "+1ZFuO7PBLG5McinqGHM08HFHfe3NiIIse3CJKMbF7P4HvPRvOEf8jW9UHPeg4cYUoYHBi"
    "ybbUbyQL4YQyF+qMl0+hRREvMhDVXeww/xK9GxsBimf2W2wfgEsGMAXkEblgYSIb3CPbQI"
    "YG2b0op4j1AZwyXnuPnhzsIiqq+oAEzbFhITDlvxghwCL2jPds6wjcU4Rs0fRAjMkgOh8U"
    "tmcvc3nPxn95SGNkhpiJXD6Ib3/yYswv9YRo+NN50KYYWUZKC9gQHchyjT07suzu7vLDR9"
    "lS3NpE04nlze24tfPMTGJHzT0PGwdCRtTNkI1cyJCRUI/tWVagybDIHzEvYK6HoqEacYGB"
    "ptCzhJJ7/5p6ti50C+SVxD/H/w6Glmimadc3Y+32YqxpvdycEEPI6Cko0vm04vMJ20wA9f"
    "2H328MiCztiQu8/3n05c3w5G8SAkLZzJWVEq7eDykIGfRFJegxyrqLBCZcYXm0P/Aahueo"
    "GPG0ZAZ5IxA9CP9YRQNhQayCeFmF4IbwbRfw8eXVxe14dPWr6H5O6V+WxGs0vhA1A1n6nC"
    "l94+uHcAvhm46oE/D1cvwzED/BHzfXF1ktRu3Gf/TEmKDHiGaThQaNJCZhcVjEm8Zqjpdw"
    "UzWnJbej5txKU1qupeXA9DZVcUJMLeNOKzh8RDdexAm5Dag4WJ9Kw21peIJ06FGUV/N7E7"
    "pVKk4IZvTMAWtr8fbacnl6c/ikWcieMZP/PDmuUPRvoy/SCzo5zijvOqgZyKofKbC5Xrjq"
    "aBOYEyIK4KUA86noapBDUmCxyjFOS+0dzIN372rgzFuVAi3rCpBuFjIlRDYZN3XWnVsSJY"
    "lAdPpQGCQJpPLIfiQu4sH0L+hZ4nvJxwF5BFyAZ0Ao3AXd7CSicWl8fRcuosA9OZ34rfMb"
    "Rsxf56Pb96MPFz0J8ATqDwvoGloKaVFDBiRTErXNV80H82wJtLnFMIK7EGNOgl7A7oTKKK"
    "d2xA014HUc3prYB+DegZQuCB+3CakpyZRrYvtcycIkQIe2TZjkYQC2wQIzE0AQChWTNhvs"
    "WzEyHbA1/QpGRkw7+XfDJ2Yos5nn5XKsWzQ5bbslLrFK4L2wvXnOmqegDmW355Y0B5p7qX"
    "Ns9wEyMCNuHzxitECuoG7naD7x7V5TLRyd1NDCUTZ0irUgqtJaSNmyJrM9J7iSLjoWxG7B"
    "R5x7lGm6Ce0Z0kIM87ifEz7DoV0MfVkXGQ1MeB9tLYeoZLsW/fzm5nOKRDi/HGewv7s6v+"
    "BrQKqEN8K+/3N5Pc6GnfwJ9VhggCqRj4W2iHVo9HcWarW9sYoCdo418y3SSmpOSSo1d1rN"
    "Iq7husIrbXJkZBUN3jVN5wiYcsIgueUV519knqaB5MdfviALsiCTo5iZSaR67ObyzrEzqX"
    "Uz4YPjnawJ0rnfy84ujGqM/MiImthZE6arqKN9nU6MPKB1V9zIwWPRzT5h1CaN+RufUiV5"
    "amFVv4rMfPQb1eQzR/zyYhZLYhFB3QSMOFgHzIQya4zfNkWGzy8i3vUz8P0oQKYAs5+A4x"
    "Kdm1REgU7mDnQRL+VdgAdu7/30Mf7DRW+5j13AeG796mtwonJkTciLSGDveLrhoAZlMRyU"
    "MhaiqpoatQtsDp5d2qwY6iLzg/1NxTZMzmFbKM/ECN7+YzAYDk8Hh8OTs3fHp6fvzg7PeF"
    "s53HzVaVV4fflJBMopLfiRcwMPrE1bFzoaBbYu4YOU27qku1PH1jnEwvozmOFH3zRAIPh0"
    "IHNb+Y+ZSzynD2xhakTJhDCzD4gNxM6LbnmU+Y15yf3fC7Ju27hAgcX61vMvI6uDza1AuM"
    "fhTlbLC6bq1RZQl7aAQrU0eKwkRLq8M7EyHT6sRYcPK+jwYZYOV9zgKtN6J6iEpJqlsWuY"
    "GpOUWcN8LY+DdyM1JrVrJ58iDfFMCbWbbNSVddIA0hfL3dqX+VmRuhU7PWsmb/0ae087OU"
    "eX5m+l1mhxBld20m4A1po5cZ2cqeunxOWeUxtA9FPYz15CmnwydynN0Ee9IGKN1FEer8p7"
    "qhmt3oogEVoygKQy50/wW35kKVcwRhRAKkLHfCTaVFjlCnbg4davIsQa5gmqHMF+3RzB5L"
    "AaIJwR27uXF44ODw/rJALyZuWpgLJSBeOvMBhXiTp7q+aV0jdUZoLKTOjwrnsCsQLXPo1n"
    "uX+fUWC914nkDhH294BkgFD8ZlBxs8LtoSjAlKG72vLplCf/gix1R1f6rpKq3Xx9c7Os6r"
    "a5qo5O0Q2wVS9HqXZznu7qa8bB9kCBlxBvHJR7CCH5Vs89+OJZiAKPq8kFEIjL5X2DkjaK"
    "0euAYa3yAxSjpxi9/WD0XGGB8kD/5/bmuhjoSCBL7mCdgf8BC9PWUjdfxv8SUKQYnRDQN1"
    "ej37NYv/98c561J6KDc0WkvhaGTRGpr0LNO0GkdlTp26UHo5eYCtz+5AtO5Y4/dLAWv05V"
    "jxmU7cW7Ln4a+QG4Ea+9UMDQEwPEtp55hYFniMqXZR6Qw/7JS6hOHPmGjDwwiFdAy5JiZM"
    "EVDebwGRikmGNs+4IqKFFBSXctS9thiYmbnY4Ytt9DcDd/xpBvlhqFe5GECqmXzl1p45vE"
    "eJHAWjFeN3dxVYjXaVXshO+vzux/bVrmHvUqKzkhpk6y6bx+py6ZN3FCUkJ7xzi3cKAneu"
    "Qx6irrKC2pllKXl1KoqxW+jlAgunfL6qjuPk7VNo46V36LaTQq4aPdhI8U0mtS45LMvaM7"
    "HBRtlxuP8CrgxpNYlnPjknbWQs0t58a/ipOdYMBWLyAFFqQMiI9bAeFKAchr/a+38Ns3EX"
    "DJwj9SSvDTwZlRgq/mt/Qs6WmXq3nBa3UkZE3iuXl+fFsXLczoZdEGQ/BVGpXU2ynefFe+"
    "L7TDDGQnwuduPln3wuf3HwLNzFVSRuXFV7ug0SNkTR90D8/zzDqiyWnVpdTjkWdgdmEztz"
    "D9OFFb6W1B0U5DvGHtPOSvJgEGNsCC+zN9391ZcN8EybPrFibWTUAm/0W6+JK0bXBfZiEO"
    "4pQfKpSfnyYes/AjotIxchBxLCQb+kJUNBY3Q4u8ri1eeXl6wrfk8WsPvEL8LztwoL9opF"
    "L+bOSOVZ1sWWjbCo62DKZxd/cnt3a0ZaWb1th9UJ5D9z0Hx4RlHOHyrzxFwl12wsWK5wa7"
    "L8yZTua8OxdNhWcrDgu1iRjeCj76WQ0X/azUQz/LOuj+GAs9uEoLlxRb6Qzfbp1vtE1LV4"
    "O9XfLx1ULYNzb387H+dgjyYZ30omF5etEwl17UjW/1dWgPQn2jeecAdhG/SVpsoas21JJS"
    "Cubl81hv+uJZLNFlJ6QzAO/Kodlb+8p4C0dmh7FtXYDD9grdOuimGIMmufaRkMK5Ls5NIV"
    "bo1kWXerqOkIGaflo2JbfaN053J/dqg584dRGkRY7FGD2VxNaxxB7M6CrK6uL3cQrkXPJ9"
    "xFh9vrn+FDbPZuRnTxFgEFuNXmxPiGz/1fbEPvrEwxbDNj0Ql32JrfSNvQ3R4BXZVndekI"
    "t1s1e06+LX9Ct3XOI2y7ZaysHf8LuTr2XHYXB0fHp8Njw5jui3qKSKdVu+l/AYf4yvrnuR"
    "ENnDQK+VL9mLRdUA4aD5HqLbSs4vv6Ig35s84hIi6vSWXXqY/fg/cV7PeA=="
)
