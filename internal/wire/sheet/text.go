package sheet

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Text gives bytes as text. What is neither UTF-8 nor UTF-16 is taken for
// Windows-1252, in which spreadsheets of western Europe are still saved.
func Text(data []byte) string {
	little, wide := isUTF16(data)
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), wide && little:
		return decodeUTF16(data, unicode.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), wide:
		return decodeUTF16(data, unicode.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if utf8.Valid(data) {
		return string(data)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil { // every byte stands for something there
		return string(bytes.ToValidUTF8(data, nil))
	}
	return string(text)
}

func decodeUTF16(data []byte, order unicode.Endianness) string {
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
	if err != nil {
		return string(bytes.ToValidUTF8(data, nil))
	}
	return string(text)
}
