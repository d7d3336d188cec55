#!/usr/bin/env bash
# Runs a command beside a throw-away OpenSSH server that offers a folder by SFTP, as Oracle's server would.
#
#   sample-data/serve.sh [--folder DIR] [--] COMMAND [ARGUMENT...]
#   sample-data/serve.sh -- ./target/release/hcmsync run pipelines/demo.toml
#   sample-data/serve.sh -- bash          a shell in which the server is there
#
# It listens on a free port of the loopback, takes one key that was made for it, and is gone when the command ends, whatever
# way; its exit code is the command's. The command finds in its environment what pipelines/demo.toml names:
#
#   HCMSYNC_DEMO_USER   who logs in: whoever runs this
#   HCMSYNC_DEMO_PORT   the port on 127.0.0.1
#   HCMSYNC_DEMO_DIR    a folder that holds identity (the private key), known_hosts, and outbound (what is served)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$here/extract
sshd=$(command -v sshd || echo /usr/sbin/sshd)     # sshd insists on its absolute path

while [ $# -gt 0 ]; do
    case $1 in
        --folder) folder=$(cd "$2" && pwd); shift 2 ;;
        --) shift; break ;;
        -h|--help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        -*) echo "serve.sh: unknown option $1; see --help" >&2; exit 2 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || { echo "serve.sh: which command? see --help" >&2; exit 2; }
[ -x "$sshd" ] || { echo "serve.sh: there is no $sshd; apt-get install openssh-server" >&2; exit 1; }

dir=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ssh-keygen -q -t ed25519 -N "" -C "hcmsync demo host" -f "$dir/host_key"
ssh-keygen -q -t ed25519 -N "" -C "hcmsync demo" -f "$dir/identity"
cp "$dir/identity.pub" "$dir/authorized_keys"
ln -s "$folder" "$dir/outbound"                    # so that the path has no odd characters, wherever the clone is
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd          # root's sshd wants it for the part of it that has no rights

# start PORT: succeeds once the server answers there; fails if it ends before, as where somebody else has the port.
start() {
    cat > "$dir/sshd_config" <<END
ListenAddress 127.0.0.1
Port $1
HostKey $dir/host_key
AuthorizedKeysFile $dir/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
LogLevel INFO
END
    "$sshd" -D -f "$dir/sshd_config" -E "$dir/log" &
    server=$!
    for _ in $(seq 100); do
        kill -0 "$server" 2>/dev/null || { server=; return 1; }
        if grep -q "Server listening" "$dir/log" 2>/dev/null; then return 0; fi
        sleep 0.05
    done
    kill "$server"; server=; return 1
}

for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    if start "$port"; then break; fi
done
[ -n "$server" ] || { echo "serve.sh: sshd did not start:" >&2; cat "$dir/log" >&2; exit 1; }
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$dir/host_key.pub")" > "$dir/known_hosts"

export HCMSYNC_DEMO_USER HCMSYNC_DEMO_PORT=$port HCMSYNC_DEMO_DIR=$dir
HCMSYNC_DEMO_USER=$(id -un)
status=0
"$@" || status=$?
exit "$status"
