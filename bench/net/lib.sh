# SPDX-License-Identifier: ISC
# What the scripts of the network's measuring share, in dom0.
# shellcheck shell=bash
set -u
. ./settings				# TYPE and what the driver says
export PATH=$PATH:/guest
bridge=xenbr0
temp=/tmp/net
mkdir -p $temp

declare -A domain
declare -A address=([mir]=10.0.0.2 [linux]=10.0.0.3) address6=([mir]=fd00::2 [linux]=fd00::3)

value() {	# value SERVER NAME NUMBER
	echo "bench: value $1 $round $2 $3"
}

lost() {
	echo "bench: lost $*"
}

# One vif each on the bridge; Mir's memory is what app/bench is built for.
create() {
	local guest=$1 why
	why=$(xl create -q "/guest/$guest.xl" "type=\"$TYPE\"" "name=\"$guest\"" \
		'on_crash="preserve"' \
		"vif=['mac=00:16:3e:00:00:0${address[$guest]##*.},bridge=$bridge,script=/guest/vif-fast']" \
		2>&1) || { lost "$guest: xl create: ${why//$'\n'/;}"; return 1; }
	domain[$guest]=$(xl domid "$guest")
}

# The kind of a line of xl's console log that tells why a guest does not serve.
serving() {
	local guest=$1
	load wait "${address[$guest]}" "$2" 60 >/dev/null && return
	lost "$guest: does not serve on port $2"
	tail -n 20 "/var/log/xen/console/guest-$guest.log" | sed 's/^/bench: # /'
	return 1
}

# has_ipv6 GUEST: whether it answers on its own.
has_ipv6() {
	ping -6 -n -c 1 -w 3 "${address6[$1]}" >/dev/null 2>&1
}

counters() {
	curl -sS --max-time 5 "http://${address[mir]}:8080/.mir/counters" >"$1"
}

# What grew between two pages of counters: lines NAME NUMBER.
grown() {
	awk 'NR == FNR {before[$1] = $2; next} $2 != before[$1] {print $1, $2 - before[$1]}' "$1" "$2"
}

# field NAME: of the line of NAME=VALUE words on standard input.
field() {
	sed -n "s/.*\\<$1=\\([0-9.]*\\).*/\\1/p"
}

calc() {
	awk "BEGIN {printf \"%.4f\", $1}"
}

# The kernel finds no modprobe of its own here.
faults_modules() {
	local m
	for m in sch_netem sch_ingress act_mirred cls_matchall "ifb numifbs=0"; do
		# shellcheck disable=SC2086
		modprobe $m || lost "no module $m"
	done
}

# faults_on GUEST NETEM-WORD...: on what passes its vif, both ways; without words nothing.  What comes
# from the guest goes through an ifb, as a queue is for what leaves.
faults_on() {
	local guest=$1 vif=vif${domain[$1]}.0 ifb=ifb${domain[$1]}
	shift
	faults_off "$guest"
	[ $# -gt 0 ] || return 0
	ip link add "$ifb" type ifb && ip link set "$ifb" up &&
		tc qdisc add dev "$vif" root netem limit 10000 "$@" &&
		tc qdisc add dev "$ifb" root netem limit 10000 "$@" &&
		tc qdisc add dev "$vif" handle ffff: ingress &&
		tc filter add dev "$vif" parent ffff: protocol all matchall \
			action mirred egress redirect dev "$ifb" || lost "$guest: no faults: $*"
}

faults_off() {
	local vif=vif${domain[$1]}.0
	{
		tc qdisc del dev "$vif" root
		tc qdisc del dev "$vif" handle ffff: ingress
		ip link del "ifb${domain[$1]}"
	} >/dev/null 2>&1
	return 0
}
