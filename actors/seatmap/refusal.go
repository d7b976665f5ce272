package seatmap

import "encoding/binary"

// A remembered refusal keeps its words as one string: field, reason and labels, each with its length first.

func appendRefusal(b []byte, ans *Answer) []byte {
	b = appendText(appendText(b, ans.Field), ans.Reason)
	for _, label := range ans.Labels {
		b = appendText(b, label)
	}
	return b
}

// readRefusal puts the words back into an answer.
func readRefusal(words string, ans *Answer) {
	ans.Field, words = cutText(words)
	ans.Reason, words = cutText(words)
	var label string
	for words != "" {
		label, words = cutText(words)
		ans.Labels = append(ans.Labels, label)
	}
}

// cutText takes the first text off words. Damaged words (only a damaged snapshot has some) yield what there is.
func cutText(words string) (first, rest string) {
	var head [binary.MaxVarintLen32]byte
	length, width := binary.Uvarint(head[:copy(head[:], words)])
	if width <= 0 || length > uint64(len(words)-width) {
		return words, ""
	}
	return words[width : width+int(length)], words[width+int(length):]
}
