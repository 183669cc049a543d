# SPDX-License-Identifier: ISC
# 100,000 spoiled packets; afterwards www serves as before and has counted what it dropped.
seed=${SEED:-20241121}
all_counted() {
	counters 10.0.0.16 "$work/after" || return 1
	awk -v thrown=100000 -f /guest/account.awk "$work/before" "$work/after"
}
check "www boots" malformed create_www malformed 16 || exit 0
counters 10.0.0.16 "$work/before"
check "alive after 100,000 spoiled packets, seed $seed" malformed 	mutate xenbr0 10.0.0.16 00:16:3e:00:00:10 10.0.0.77 100000 "$seed"
# Some of the ARP packets said that 10.0.0.1 was elsewhere: www has to ask it before it believes.
check "serves as before" malformed same_files 10.0.0.16 /guest/site
check "500 requests, 50 at a time, after it" malformed 	load 10.0.0.16 80 /index.html /guest/site/index.html 500 50 close
check "each packet served or dropped for a counted reason" malformed all_counted
grep -E 'drop|refused|bad' "$work/after" | awk '$2 > 0' | sed "s/^/bench: # $TYPE: /"
