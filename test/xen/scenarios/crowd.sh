# SPDX-License-Identifier: ISC
# 20,000 silent connections and 2,000 busy ones on a guest of 128 MiB, and 50,000 SYNs from nowhere.
echo 1024 65535 >/proc/sys/net/ipv4/ip_local_port_range
echo 200000 >/proc/sys/fs/file-max
used() {
	awk '/^pool_in_use|^buf_views/ && !/chunk pages/ && $NF != 0' "$1"
}
usage() {
	fetch "http://10.0.0.14:8080/.mir/counters" "$1" && used "$1" >"$1.use"
}
settled() {
	usage last && cmp first.use last.use
}
settle() {
	until_true 100 settled || { diff first.use last.use; return 1; }
}
# What a silent connection costs, in bytes; the busy ones are counted with them.
cost() {
	local a b
	a=$(counter first pages_free) && b=$(counter full pages_free) || return 1
	echo "$(((a - b) * 4096 / 22000)) bytes a connection; pages_free $a, $b, $(counter last pages_free)"
	[ $(((a - b) * 4096 / 22000)) -lt 1500 ]
}
crowd() {
	/guest/crowd 10.0.0.14 8080 20000 2000 30 50000 >told 2>&1 &
	until_true 200 grep -q 'crowd: 2000 opened' told
	usage full
	wait $!
	local status=$?
	usage after
	grep -E '^tcp_(cookies|drop|syn|gave|opened|timewait|challenge|mem|prun)' after | grep -v ' 0$' >>told
	tail -n 3 told
	return $status
}
cd "$work" || exit
check "bench boots with 128 MiB" crowd create crowd bench "$(static 14)" "$(vif 14)" memory=128 || exit 0
until_true 60 fetch http://10.0.0.14:8080/ hello
usage first
check "20,000 silent connections, 2,000 busy ones, 50,000 SYNs" crowd crowd
sed "s/^/bench: # $TYPE: /" told
check "pools back after them" crowd settle
check "less than 1,500 bytes for each connection" crowd cost
echo "bench: # $TYPE: $(cost)"
