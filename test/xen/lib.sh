# SPDX-License-Identifier: ISC
# What the scenarios use, in dom0.  /guest holds the images, their .xl files and the programs;
# TYPE is pv or pvh.  Each scenario tells its results with ok and not_ok, which the driver reads.
# shellcheck shell=bash
set -u
cd /guest || exit 1
export PATH=$PATH:/guest
work=${WORK:-/tmp}

ok() {
	echo >>/tmp/results
	echo "bench: ok $TYPE: $*"
}

# not_ok NAME WHY...
not_ok() {
	local name=$1
	shift
	echo >>/tmp/results
	echo "bench: not ok $TYPE: $name - $*"
}

# The words of a guest's console are what explains a failure.
tell_console() {
	local log
	for log in "$@"; do
		log=$(console "$log")
		[ -s "$log" ] || continue
		echo "bench: # the end of ${log##*/}:"
		tail -n 30 "$log" | sed 's/^/bench: # /'
	done
}

# check NAME GUEST COMMAND...: the command's success is the result, its output the reason.
check() {
	local name=$1 guest=$2 why
	shift 2
	if why=$("$@" 2>&1); then
		ok "$name"
		return 0
	fi
	not_ok "$name" "$(echo "${why:-$* failed}" | tr '\n' ';' | cut -c1-300)"
	tell_console "$guest"
	return 1
}

# Tries a command each 0.2 s: until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "not within the time: $*"; return 1; }
		sleep 0.2
	done
}

console() {
	echo "/var/log/xen/console/guest-$1.log"
}

console_says() {
	grep -qiE -- "$2" "$(console "$1")"
}

# wait_console GUEST PATTERN [SECONDS]
wait_console() {
	until_true "${3:-60}" console_says "$1" "$2"
}

# A vif on the fast script; $1 is the last byte of its MAC, in decimal.
vif() {
	printf "vif=['mac=00:16:3e:00:00:%02x,bridge=xenbr0,script=/guest/vif-fast']" "$1"
}

# create GUEST APP [xl setting...]: by the .xl that the build wrote, kernel and type put right.
create() {
	local guest=$1 app=$2 kernel=()
	shift 2
	[ ! -e "/guest/mir-$app.xen" ] || kernel=("kernel=\"/guest/mir-$app.xen\"")
	rm -f "$(console "$guest")"
	timeout 120 xl create -q "/guest/mir-$app.xl" "name=\"$guest\"" "type=\"$TYPE\"" "${kernel[@]}" \
		'on_crash="preserve"' "$@"
}

# static NUMBER [more of the command line]: 10.0.0.NUMBER
static() {
	local n=$1
	shift
	echo "extra=\"ip=10.0.0.$n/24 gw=10.0.0.1${*:+ $*}\""
}

# Like create; only a failure is told.
start() {
	local why
	why=$(create "$@" 2>&1) && return 0
	not_ok "xl create $1" "$(echo "$why" | tr '\n' ';' | cut -c1-300)"
	return 1
}

# create_www GUEST NUMBER [xl setting...]: www as 10.0.0.NUMBER; waits until it serves.
create_www() {
	local guest=$1 n=$2
	shift 2
	create "$guest" "${WWW:-www}" "$(static "$n")" "$(vif "$n")" "$@" &&
		until_true 60 serves "10.0.0.$n"
}

destroy() {
	local guest
	for guest in "$@"; do
		timeout 60 xl destroy "$guest" 2>/dev/null
	done
	ip neigh flush dev xenbr0
	return 0
}

state() {
	timeout 60 xl list "$1" 2>/dev/null | awk 'NR == 2 {print $5}'
}

gone() {
	! timeout 60 xl domid "$1" >/dev/null 2>&1
}

crashed() {
	[[ $(state "$1") == *c* ]]
}

fetch() {
	curl -sS --fail --max-time "${3:-60}" -o "$2" "$1"
}

serves() {
	curl -s --fail --max-time 5 -o /dev/null "http://$1/"
}

# A DHCP server for all of the bench, with the shortest lease that dnsmasq gives.
dhcp_start() {
	dnsmasq --conf-file=/dev/null --port=0 --interface=xenbr0 --bind-interfaces --no-ping \
		--dhcp-range=10.0.0.100,10.0.0.200,2m --dhcp-leasefile=/tmp/leases --user=root \
		--dhcp-authoritative --log-dhcp --log-facility=/tmp/dnsmasq.log
}

# The address leased to a MAC.
lease_of() {
	awk -v mac="$1" '$2 == mac {print $3; found = 1} END {exit !found}' /tmp/leases
}

# Each file of a folder equals what the server gives for it: same_files ADDRESS FOLDER
same_files() {
	local f name count=0
	while read -r f; do
		name=${f#"$2"/}
		fetch "http://$1/$name" "$work/fetched" || { echo "$name: not fetched"; return 1; }
		cmp "$f" "$work/fetched" || return 1
		count=$((count + 1))
	done < <(find "$2" -type f | sort)
	[ $count -gt 0 ] || { echo "no file in $2"; return 1; }
}

# counter FILE NAME: one value of a page of counters fetched before.
counter() {
	awk -v name="$2" '$1 == name {print $2; found = 1} END {exit !found}' "$1"
}

counters() {
	fetch "http://$1/.mir/counters" "$2"
}

# file NAME SIZE: $work/NAME, empty.
file() {
	rm -f "$work/$1"
	truncate -s "$2" "$work/$1"
}

# The loop device of a file: loop [losetup option...] FILE
loop() {
	losetup -f --show "$@"
}

# A test image's verdict: ended_well GUEST
ended_well() {
	wait_console "$1" "Test result" 90 && console_says "$1" "Test result: SUCCESS"
}

# The backend of a guest's first vif restarts: its driver leaves the device and takes it again SECONDS
# later; after MORE dom0's script says that it is in the bridge: vif_restart GUEST SECONDS MORE
vif_restart() {
	local id driver=/sys/bus/xen-backend/drivers/vif
	id=$(xl domid "$1") && echo "vif-$id-0" >$driver/unbind && sleep "$2" &&
		echo "vif-$id-0" >$driver/bind && sleep "$3" &&
		vif=vif$id.0 XENBUS_PATH=/local/domain/0/backend/vif/$id/0 until_true 5 /guest/vif-fast online
}
