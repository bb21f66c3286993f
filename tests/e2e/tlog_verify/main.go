// tlog_verify DIR: checks what publish_log.cc wrote with the packages of Go's checksum database,
// golang.org/x/mod/sumdb/note and sumdb/tlog, in which nobody here had a hand.
//
// It checks the checkpoint's signature, each entry against its leaf hash, every tile against the
// root, and each proof, which it also makes anew from the tiles. Files that no check has read are an
// error too. Prints what was checked and ends with 0, or says what is wrong and ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// A published log, and which of its files were read.
type log struct {
	directory string
	read      map[string]bool
	note      string
	tree      tlog.Tree
	hashes    tlog.HashReader
	entries   [][]byte
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlog_verify DIR")
		os.Exit(2)
	}
	l := &log{directory: os.Args[1], read: map[string]bool{}}
	checked, err := l.verify()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlog_verify:", err)
		os.Exit(1)
	}
	fmt.Println(checked)
}

func (l *log) verify() (string, error) {
	if err := l.openCheckpoint(); err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	l.hashes = tlog.TileHashReader(l.tree, l)
	if err := l.checkEntries(); err != nil {
		return "", fmt.Errorf("entries: %w", err)
	}
	inclusion, err := l.checkInclusionProofs()
	if err != nil {
		return "", fmt.Errorf("proofs: %w", err)
	}
	consistency, err := l.checkConsistencyProofs()
	if err != nil {
		return "", fmt.Errorf("consistency: %w", err)
	}
	if err := l.checkAllWasRead(); err != nil {
		return "", err
	}
	return fmt.Sprintf("good: %d entries in %d files, %d inclusion proofs, %d consistency proofs",
		l.tree.N, len(l.read), inclusion, consistency), nil
}

func (l *log) file(name string) ([]byte, error) {
	l.read[name] = true
	return os.ReadFile(filepath.Join(l.directory, filepath.FromSlash(name)))
}

// Height, ReadTiles and SaveTiles make the log a tlog.TileReader.
func (l *log) Height() int { return tileHeight }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := l.file(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", tilePath(tile), len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// tlog names the height in its paths, C2SP does not.
func tilePath(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tile.H))
}

func (l *log) openCheckpoint() error {
	line, err := l.file("log.vkey")
	if err != nil {
		return err
	}
	vkey := strings.TrimSuffix(string(line), "\n")
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s+%08x+", verifier.Name(), verifier.KeyHash())
	if !strings.HasPrefix(vkey, id) {
		return errors.New("the verifier key's id is spelt otherwise")
	}
	text, err := l.file("checkpoint")
	if err != nil {
		return err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	for _, signature := range append(opened.Sigs, opened.UnverifiedSigs...) {
		if _, err := strictBase64(signature.Base64); err != nil {
			return err
		}
	}
	l.note = string(text)
	// tlog.ParseTree wants another first line.
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return errors.New("not of three lines")
	}
	if lines[0] != verifier.Name() {
		return fmt.Errorf("of %q, not of %q", lines[0], verifier.Name())
	}
	if l.tree.N, err = decimal(lines[1]); err != nil {
		return err
	}
	l.tree.Hash, err = hash(lines[2])
	return err
}

// Every entry has the hash that the tree has for it; reading those hashes checks every tile.
func (l *log) checkEntries() error {
	indexes := make([]int64, l.tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	leaves, err := l.hashes.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for tile := int64(0); tile*tileWidth < l.tree.N; tile++ {
		width := l.tree.N - tile*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		path := tilePath(tlog.Tile{H: tileHeight, L: 0, N: tile, W: int(width)})
		bundle, err := l.file("tile/entries/" + strings.TrimPrefix(path, "tile/0/"))
		if err != nil {
			return err
		}
		for ; width > 0; width-- {
			if len(bundle) < 2 {
				return fmt.Errorf("bundle %d is cut off", tile)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if bundle = bundle[2:]; len(bundle) < length {
				return fmt.Errorf("bundle %d is cut off", tile)
			}
			l.entries = append(l.entries, bundle[:length])
			bundle = bundle[length:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("bundle %d has more than its entries", tile)
		}
	}
	for i, entry := range l.entries {
		if tlog.RecordHash(entry) != leaves[i] {
			return fmt.Errorf("entry %d is not the one in the tree", i)
		}
	}
	return nil
}

func (l *log) checkInclusionProofs() (int, error) {
	names, err := filepath.Glob(filepath.Join(l.directory, "proofs", "*.tlog-proof"))
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if err := l.checkInclusionProof("proofs/" + filepath.Base(name)); err != nil {
			return 0, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	return len(names), nil
}

func (l *log) checkInclusionProof(name string) error {
	text, err := l.file(name)
	if err != nil {
		return err
	}
	head, rest, _ := strings.Cut(string(text), "\n\n")
	if rest != l.note {
		return errors.New("it does not end with the checkpoint")
	}
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("its first line is not that of a tlog-proof")
	}
	number, isIndex := cutPrefix(lines[1], "index ")
	if !isIndex {
		return errors.New("it has no line of an index")
	}
	index, err := decimal(number)
	if err != nil {
		return err
	}
	if index >= l.tree.N || name != fmt.Sprintf("proofs/%d.tlog-proof", index) {
		return errors.New("it is of another entry than its name says")
	}
	proof, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(l.entries[index])
	if err := tlog.CheckRecord(proof, l.tree.N, l.tree.Hash, index, leaf); err != nil {
		return err
	}
	made, err := tlog.ProveRecord(l.tree.N, index, l.hashes)
	return same(proof, made, err)
}

func (l *log) checkConsistencyProofs() (int, error) {
	text, err := l.file("consistency")
	if err != nil {
		return 0, err
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		return 0, errors.New("the last line has no newline")
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines {
		if err := l.checkConsistencyProof(strings.Split(line, " ")); err != nil {
			return 0, fmt.Errorf("%q: %w", line, err)
		}
	}
	return len(lines), nil
}

func (l *log) checkConsistencyProof(words []string) error {
	if len(words) < 2 {
		return errors.New("not SIZE ROOT HASH...")
	}
	size, err := decimal(words[0])
	if err != nil {
		return err
	}
	root, err := hash(words[1])
	if err != nil {
		return err
	}
	proof, err := hashes(words[2:])
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, l.tree.N, l.tree.Hash, size, root); err != nil {
		return err
	}
	made, err := tlog.ProveTree(l.tree.N, size, l.hashes)
	if err := same(proof, made, err); err != nil {
		return err
	}
	if anew, err := tlog.TreeHash(size, l.hashes); err != nil || anew != root {
		return fmt.Errorf("another root than the tiles give: %v", err)
	}
	return nil
}

func (l *log) checkAllWasRead() error {
	return filepath.WalkDir(l.directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(l.directory, path)
		if err == nil && !l.read[filepath.ToSlash(name)] {
			err = fmt.Errorf("%s belongs to nothing", name)
		}
		return err
	})
}

func same(published, made []tlog.Hash, err error) error {
	if err != nil {
		return err
	}
	if fmt.Sprint(published) != fmt.Sprint(made) {
		return errors.New("another proof than the tiles give")
	}
	return nil
}

// strings.CutPrefix came with Go 1.20.
func cutPrefix(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (number < 0 || strconv.FormatInt(number, 10) != text) {
		err = fmt.Errorf("%q is not how %d is written", text, number)
	}
	return number, err
}

// Go's decoder passes over stray bits, and the strict one still over newlines.
func strictBase64(text string) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && base64.StdEncoding.EncodeToString(data) != text {
		err = fmt.Errorf("%q is no base64", text)
	}
	return data, err
}

func hash(text string) (tlog.Hash, error) {
	if _, err := strictBase64(text); err != nil {
		return tlog.Hash{}, err
	}
	return tlog.ParseHash(text)
}

func hashes(texts []string) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, text := range texts {
		one, err := hash(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
