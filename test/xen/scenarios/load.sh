# SPDX-License-Identifier: ISC
# 10,000 requests, 50 at a time; afterwards all that was in use has come back.
taken() {
	grep -E '^(pool_in_use|buf_views)' "$1" | grep -v ' 0$'
}
settled() {
	counters 10.0.0.10 now && taken now >now.use && cmp first.use now.use
}
# settle NAME: waits until connections are over, then keeps the counters under that name.
settle() {
	until_true 75 settled || { diff first.use now.use; return 1; }
	cp now "$1"
}
# Objects that live are spread over the pools' pages a little differently each time; one object
# of the smallest size lost per request would be 31 pages.
same_pages() {
	local a b
	a=$(counter at2000 pages_free) && b=$(counter at10000 pages_free) || return 1
	echo "pages_free $a, then $b" | tee -a results
	[ $((a - b)) -le 8 ]
}
ask() {
	load 10.0.0.10 80 /index.html /guest/site/index.html "$@" | tee -a results
	return "${PIPESTATUS[0]}"
}
cd "$work" || exit
check "www boots with a static address" load create_www load 10 || exit 0
counters 10.0.0.10 first && taken first >first.use
check "2,000 requests on 50 kept connections" load ask 2000 50 keep
check "pools back after 2,000 requests" load settle at2000
check "8,000 requests with a connection each, 50 at a time" load ask 8000 50 close
check "pools back after 10,000 requests" load settle at10000
check "memory as after 2,000 requests" load same_pages
grep -E '^(tcp_(drop|retr|time|reset|gave|fast)|http_|.*(refused|dropped|lost))' at10000 |
	grep -v ' 0$' >>results
sed "s/^/bench: # $TYPE: /" results
