create_www load 10
cd $work
s() { for k in 1 2 3; do sleep 1; counters 10.0.0.10 now; echo "bench: # $1 $(grep -E 'pages_free|buf_pages|in_use' now | tr '\n' ' ')"; done; }
s first
for i in 1 2 3 4; do load 10.0.0.10 80 /index.html /guest/site/index.html 1000 50 keep >/dev/null; s keep$i; done
for i in 1 2 3; do load 10.0.0.10 80 /index.html /guest/site/index.html 1000 50 close >/dev/null; sleep 65; s close$i; done
ok x
