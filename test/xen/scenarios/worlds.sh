# SPDX-License-Identifier: ISC
# A www with the content of test/worlds is asked by its client, which test/worlds/run puts into
# /guest.  What it prints goes out by the bench's console, packed: the kernel's own lines may come
# in between.
check "worlds: serves" worlds create_www worlds 60 || exit 0
sh /guest/client.sh http://10.0.0.60 >"$work/answers" 2>&1
gzip -9 <"$work/answers" | base64 -w 76 | sed 's/^/bench: world /'
check "worlds: all was asked" worlds grep -qx end "$work/answers"
destroy worlds
