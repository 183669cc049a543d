# SPDX-License-Identifier: ISC
# A www with the content of test/worlds, baked in or on a disk, is asked by its client, which
# test/worlds/run puts into /guest with the disks.  What the client prints goes out by the bench's
# console, packed: the kernel's own lines may come in between.
for kind in www image fat; do
	disk=
	[ $kind = www ] || disk="disk=['format=raw,vdev=xvda,access=r,target=/guest/content.$kind']"
	WWW=$kind
	check "worlds: $kind serves" worlds create_www worlds 60 ${disk:+"$disk"} || continue
	sh /guest/client.sh http://10.0.0.60 >"$work/answers" 2>&1
	gzip -9 <"$work/answers" | base64 -w 76 | sed "s/^/bench: world-$kind-/"
	check "worlds: all was asked of $kind" worlds grep -qx end "$work/answers"
	destroy worlds
done
