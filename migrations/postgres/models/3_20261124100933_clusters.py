from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "clusters" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(63) NOT NULL UNIQUE,
    "sealed" BYTEA NOT NULL,
    "revision" INT NOT NULL,
    "server" VARCHAR(300) NOT NULL,
    "context" VARCHAR(253) NOT NULL,
    "impersonate" BOOL NOT NULL,
    "added_by" VARCHAR(64) NOT NULL,
    "added_at" TIMESTAMPTZ NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL,
    "tested_at" TIMESTAMPTZ,
    "tested_code" VARCHAR(64) NOT NULL,
    "tested_message" TEXT NOT NULL
);
COMMENT ON TABLE "clusters" IS 'One added cluster. `sealed` opens only for this row; `revision` grows when it has to be connected anew.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "clusters";"""


MODELS_STATE = (
    "eJztXWtz2zYW/SsYfcruKB5bsh1vu7MzUqKkbhO7EytN20xHhkhYxJoiWAK0osnmvy8APs"
    "QHSJN6maLxJbEAXD7OBcB7z70AvnXmxEQ2PbpBlGLidH4A3zoOnCP+R7aqCzrQdVcVooDB"
    "qS3b0qCRLIRTyjxoMF5+B22KeJGJqOFhlwW36Fw7CFA8c15i5whcMoApIA/IAwsLOeAWOS"
    "YyJ5DdinKKWBfAO8Zrb9FXF3uIiqouIGFzbNoI3PFfjBBgE2fGr+wYCNxShBzR9Eg8k0kM"
    "/lDYmT3N7X0H/+2jCSMzxCzk8Yf48hcvxvxWXxGNfrr3kzuMbDOlBWyKC8jyCVu6suzTp8"
    "s3b2VL8WrTiUFsf+6sWrtLZhEnbu772DwSMqJuhhzkQYbMhHoc37ZDTUZFwRPzAub5KH5U"
    "c1Vgojvo20LJnX/f+Y4hdAvkncQ/p/8JHy3RbDK5uh5PbkbjyaST6xPiETJ6CosM3q14f8"
    "IOE0B9+x5cdwWILO2IG7z+afDxRf/8HxICQtnMk5USrs53KQgZDEQl6CuUDQ8JTLjC8mi/"
    "4TUMz5Ea8bRkBnkzFD2K/lhHA1HBSgWrYRWBG8G3X8DHlx9GN+PBh1/F5eeU/m1LvAbjka"
    "jpydJlpvRFoB/CZ4hg6ogvAj5fjn8C4if48/pqlNVi3G78Z0c8E/QZmThkMYFmEpOoOCri"
    "TVdqXg3humpOS+5HzbmRprVcScvh1FtXxQkxPYwbreDoE117ECfktqDicHxqDe9Kw1NkQJ"
    "+ivJpfW9ArU3FCMKNnDtiuBm9nVyZPZw6/TmzkzJjFf56flij6t8FHaQWdn2aUdxXW9GTV"
    "9xTYXC9cdbQOzAkRDfCjAPOu6E0gh0QxYxVjnJZqHcy9s7MKOPNWhUDLOgXS9VymhMg2/a"
    "bGmnOPeEnCEb27VzpJAqk8sm+Jh7gz/QtaSnwv+XNA7gEr8AwJhU/hZQ4S0VXp6v4eXMSO"
    "e7I78VfnL4xYMM4HN68Hb0YdCfAUGvcL6JmTFNKihvRIpiRum6+a9+bZEujwGcMM30I8cx"
    "J0BbsTKaOY2hEvVIPXcXlr4hyBWxdSuiD8uS1ILUmmXBEn4EoWFgEGdBzCJA8DsAMWmFkA"
    "gkhITdps8dqakWnAXNMtYWREt5N/1/xiRjLb+V4+jvUOp5xdmyUesQvgHTn+PDebp6COZP"
    "dnltQHmlupc+x0ATIxI14XPGC0QJ6gbudoPg3mvbpaODmvoIWTrOu00oKoSmshNZfV6e05"
    "wbV00TAndg824tynbGJY0JmhSYRhHvch4T0cOmroiy6R0cCUX2NXwyEu2e+MPry+fp8iEY"
    "aX4wz2nz4MR3wMSJXwRjiwfy6vxlm3k3+hHhQTUCnyK6E9Yh1N+gcLtQ5vrKOAg2PNghlp"
    "LTWnJLWaG61m4ddwXeG1ghwZWU2DN03TOQKmmDBIhrxW+ReZr2ko+faXj8iGLMzkUDMziV"
    "SPwxzeOXYmNW6m/OH4RTYEaRhc5WAHRjlGgWdELexuCNOH+EJt7U6M3KNNR9zAxWNxmTZh"
    "tEsa8zfepQry1KKqbhmZ+RA0qshnDvjtRS+WxCKChgUYcbEBmAVl1hh/bYrMgF9E/NJLEN"
    "hRgNwBzH4ArkcMPqUiCgwyd6GHeCm/BLjn832QPsZ/eOglt7EVjOfe774BJyqfrA55EQu0"
    "jqfr9ypQFv1eIWMhqsqpUUcx5+DZpcPUUKumHxwEFXcx5RzvCuWZeIKX/+r1+v1XveP++c"
    "XZ6atXZxfHF7ytfNx81asy9/rynXCUU1oIPOcaFtgu57rI0FDMdQkbpHiuS5o7VeY6l9jY"
    "WIIZfgimBggEnw5kbiv/MfOI73aBI6YaUTIlzOoC4gAReTFsn7KgMS+5/aci63YXN1DMWF"
    "86wW1kdRjcCoU7HO5ktbxhql6HgJoUAorUUuOzkhBpcmRibTq8X4kO75fQ4f0sHa65wXW6"
    "9UFQCUk1y8muZmpMUmaD6etxP/gwUmNSUTv5FamJZ0pot8lGTRknNSB9styttvTPktStld"
    "GzYfLWryvr6SD76KP5W6kxqs7gynbaLcBaMSeukT1185S43HdqC4i+i67TSkiTX+YmpRkG"
    "qCs81lgdxf6qfKeK3uqNcBKhLR1IKnP+BL8VeJZyBGNEAaTCdcx7onWFda5gAz5u3TJCrG"
    "aeoM4R7FbNEUw+Vg2EM2KtW7xwcnx8XCURkDcrTgWUldoZf4bOuE7Uaa2a10rf0JkJOjOh"
    "wVH3BGIK0z6NZ7F9n1FgteVEMkKEgxiQdBDUK4PUzZThodjBlK67Dvk0ypJ/Qpa6oSP9UE"
    "nVZi7f3C6rum+uqqFddAts1dNRqs3sp4e6zDgMDyishFXgoNhCiMi3aubBR99GFPhcTR6A"
    "QNwubxsUtNGMXgMm1jI7QDN6mtFrB6PniRkoD/TPN9dXaqBjgSy5gw0G/gdsTHeWuvk09p"
    "eAIsXoRIC++DD4PYv16/fXw+x8Ii4w1ETqc2HYNJH6LNR8EERqQ5W+X3owXsSkMPuTC5yK"
    "DX/o4slqOVU1ZlC2F2tdgjTyI3Atlr1QwNBXBohjL3mFiWeIysUy98hlP/ISahBXrpCRGw"
    "bxCmjbUowsuKLBHC6BSdQc465vqJ0S7ZQ0d2bZtVti4Xq7I0btWwju9vcYCqalWu5eLKFd"
    "6kf7rpzj6/h4scBGPl4zo7jaxWu0Kg7C9td79j83LXOLep2RnBDTO9k0Xr93HpnXMUJSQq"
    "1jnHewoSd64D7qOuMoLamHUpOHUqSrNU5HUIi2blidVI3jlIVx9L7ye0yj0Qkfu034SCG9"
    "ITUuydxP9ICdov1y4zFeCm48iWUxNy5p50mkuce58c9iZycYstULSIENKQPicCsgTCkAeW"
    "1wegt/fQsBjyyCLaUEPx3uGSX4av5KS0lPe1zNC15rICFrEd/L8+P7uqkyo5fFAYbwVBqd"
    "1Nso3vxQzhc6YAayEe5zM7+srbD5g49AvekqKaPz4stN0PgTsqEN2sL9PLOGaLJbNSn1+I"
    "ZxZZmvww3AFOZWukGpzRVuI1YjG4GPZWRGu9QdieOfoY3MW0Bc5NAgO0CeEm2JjTvJ4kdw"
    "y31xLPYivRULlhY0PE6aAYtbT2L3OwS4Khxk8A7ETSC0UCcl7Om+OjehAfNXmY2lE6Yj26"
    "rKFnnnxTvknec2yAuGlMJtxg70lgUB3lgme0zJkgWO3GF+HVSgDsN4bWxHcSyHl1eDj3/E"
    "0d3YmHp/ffVuqIjvDv8YjwZ5NhtHOzqnkS/c6jYpsr8db0921bGDHW97J6evTi/656fxRr"
    "dxSdn+tvlTYCjyHuptp7mSaKEX1q9EFPdLiOK+YgMP4oh8wDogJ0RaiPJO9izF8+AoSA6K"
    "Yl4uOz8qI6kP7KpzYJcpz9ZWbCNYSuTEMi3s3Ts5jHstKicppzOaGk3m6EUrz0LN3NBfLz"
    "0xJahzMQ5AxwYxa3nfGbHW5WBs/7MYIjZHlMKZAusxt6BLsU5ItgDusjE0+n2cGj65XOuU"
    "Nx41zyZgN+YYlIFvYjZymKfcViJR2y1dYSbaTRBvWHl/ic8WASY2wcKCrBuEsRcW8pA8k2"
    "RhYcMCZPpfZPBK6JjAIgtBoyLeHcwjcMkA8ZmNHxCVAW8XEddGsmEgREVj8TJUFU3f450f"
    "p3a/JI/VuOcV4n95ARcGwRCplL9qUcBlJxYpSWAFgRN+2JrLTO7tyKJuWfi9vi+hI8KNtz"
    "xcCxblfo4cf56LV6YUHAs32SUXI55P2F0xnRlkzi/noTuRsSAOgXIIC/j1uqbJRQXL5KLQ"
    "MLnIMVHyGZWR+dIZLim2FlPdrH3r9znTVcjKLV1SUJCVu7W+n48v7sfo7ldZNtovXjbazy"
    "0bFWDVDSwmZVpgaO+B7juI3LiDBdhD/CWpeoYuWyiRlNIwP96Pjbobiq0kmmyENAbgQzkM"
    "cU89eCdhxci3rQpw1F6jWwXdFGNQJ08pFtI4V8W5LsQa3aroUt8wEDKVCWFliQcpufXSDg"
    "4njrPFpAMPQaoyLIoJ/5VEC3r0Poj+9O6wDGK71oalCZH9b1mayN2d+thm2KFH4rZPkb67"
    "tV1umhJ5QR42rI4q6hLUdEsjLqs2j4VaisHfct75c4k4bJgyWhxLeECeOiW32LxIiLTQ0e"
    "udnVWyMc5KbIyznDPtKk6VKPGkg+YtRHcneznIfFvVZoPFn7iEiN6V+5A+Zt//Dw3MyqM="
)
