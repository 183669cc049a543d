# SPDX-License-Identifier: ISC
# 20 MiB in one answer.  The image has the same lines that seq writes here.
whole() {
	fetch http://10.0.0.11/big.bin "$work/got" 90 && cmp "$work/got" "$work/big"
}
seq 1 2900000 | head -c 20971520 >"$work/big"
WWW=big
check "boot with 20 MiB of content" big create_www big 11 memory=64 || exit 0
check "20 MiB in one download, compared" big whole
