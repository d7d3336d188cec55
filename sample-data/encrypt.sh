#!/usr/bin/env bash
# Remakes sample-data/extract from sample-data/plain, as Oracle HCM would deliver it: each file signed by fusion-key and
# encrypted to customer-key in one OpenPGP message (AES-256, zlib, binary). Needs gpg and nothing else.
#
#   sample-data/encrypt.sh              encrypt the three files with the keys that are there
#   sample-data/encrypt.sh --new-keys   make all keys anew first
#
# The clock of gpg is held at fixed moments, so that the messages can be opened on a machine whose clock is behind the
# date of the sample. Session keys and padding are random all the same: the bytes differ from time to time.
set -euo pipefail
cd "$(dirname "$0")"

KEYS_MADE=20240101T000000
SIGNED=20240102T060000
GNUPGHOME=$(mktemp -d)          # the keyring of the user is neither read nor touched
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT

at() {                          # at MOMENT ARGUMENTS...: gpg without questions, at that moment
    local moment=$1; shift
    gpg --batch --yes --quiet --no-tty --pinentry-mode loopback --passphrase-file keys/passphrase \
        --trust-model always --faked-system-time "$moment!" "$@"
}

new_key() {                     # new_key NAME PROTECTION: an RSA pair of 3072 bits that never expires
    at $KEYS_MADE --generate-key <<END
Key-Type: RSA
Key-Length: 3072
Key-Usage: sign,cert
Subkey-Type: RSA
Subkey-Length: 3072
Subkey-Usage: encrypt
Name-Real: $1 (sample, public on purpose)
Name-Email: $1@vision.example
Expire-Date: 0
$2
%commit
END
    at $KEYS_MADE --armor --output "keys/$1_pub.asc" --export "$1@vision.example"
    at $KEYS_MADE --armor --output "keys/$1_priv.asc" --export-secret-keys "$1@vision.example"
}

if [ "${1-}" = --new-keys ]; then
    protected="Passphrase: $(cat keys/passphrase)"
    new_key customer-key "$protected"
    new_key fusion-key %no-protection
    new_key other-key "$protected"
else
    at $SIGNED --import keys/customer-key_pub.asc keys/fusion-key_priv.asc
fi

mkdir -p extract
for plain in plain/*.csv; do
    at $SIGNED --output "extract/$(basename "$plain").pgp" --cipher-algo AES256 --digest-algo SHA256 \
        --local-user fusion-key@vision.example --sign --recipient customer-key@vision.example --encrypt "$plain"
done
ls -l extract
