# What the scripts beside this file share. It is sourced, never run.
#   root              the checkout that the scripts lie in, whichever folder they are called from
#   fail MESSAGE      says what is wrong and ends
#   step NAME CMD...  runs a command between two lines: what it is, and how long it took
#   configure DIR...  configures the project into a folder below the root; more arguments go to CMake
#   build DIR...      builds it, on all cores; more arguments go to CMake

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# Objects are the same in every clone, so that clones share what the compiler cache has.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

step() {
  local name=$1 start=$SECONDS status=0
  shift
  printf '== %s\n' "$name"
  "$@" || status=$?
  printf '== %s: %d s%s\n' "$name" $((SECONDS - start)) "$( ((status == 0)) || echo ', failed')"
  return "$status"
}

configure() {
  local folder=$1
  shift
  cmake -S "$root" -B "$root/$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@"
}

build() {
  local folder=$1
  shift
  cmake --build "$root/$folder" --parallel "$(nproc)" "$@"
}

# Prints the comment at the head of the calling script, as its help.
help() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}
