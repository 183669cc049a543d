# SPDX-License-Identifier: ISC
# The least memory that each image is to run with.
if [ "$TYPE" = pvh ]; then hello=2 www=5; else hello=4 www=6; fi
starts() {
	create small hello memory=$hello && wait_console small .
}
check "hello starts in $hello MiB" small starts
check "and goes on" small eval '! crashed small'
destroy small
check "www serves in $www MiB" least create_www least 17 memory=$www
check "the site from $www MiB" least same_files 10.0.0.17 /guest/site
destroy least
check "www starts in 8 MiB" eight create_www eight 18 memory=8
check "50 connections held open in 8 MiB" eight 	load 10.0.0.18 80 /index.html /guest/site/index.html 1000 50 keep
