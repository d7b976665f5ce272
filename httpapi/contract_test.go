package httpapi

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// contract is openapi.json, made strict: in tests an answer may have no field that it does not describe.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	openapi3filter.RegisterBodyDecoder(mediaMsgpack, decodeMsgpackBody)
	openapi3filter.RegisterBodyDecoder("application/problem+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder(mediaLines, decodeLinesBody)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	no := false
	for name, schema := range doc.Components.Schemas {
		if name != "Problem" && schema.Value.Properties != nil && schema.Value.AdditionalProperties.Has == nil {
			schema.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
		}
	}
	return doc, nil
})

var contractRouter = sync.OnceValues(func() (routers.Router, error) {
	doc, err := contract()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

func decodeMsgpackBody(body io.Reader, _ http.Header, schema *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(schema.Ref, "/StreamRequest") || strings.HasSuffix(schema.Ref, "/StreamAnswer") {
		if b, err = arrayOfMsgpack(b); err != nil {
			return nil, err
		}
	}
	// By way of JSON, so that the validator meets the types that it knows.
	failed := &failure{}
	asJSON, err := json.Marshal(valueOfMsgpack(failed, b))
	if err != nil || failed.text != "" {
		return nil, fmt.Errorf("not msgpack: %w %s", err, failed.text)
	}
	var v any
	return v, json.Unmarshal(asJSON, &v)
}

// arrayOfMsgpack makes an array of a sequence of values, which is how the contract describes it.
func arrayOfMsgpack(b []byte) ([]byte, error) {
	frames := framer{msgpack: true, limit: len(b) + 1}
	count := uint32(0)
	for at := 0; at < len(b); count++ {
		length, verdict := frames.next(b[at:])
		if verdict != frameWhole {
			return nil, fmt.Errorf("no value at byte %d", at)
		}
		at += length
	}
	return append(binary.BigEndian.AppendUint32([]byte{0xdd}, count), b...), nil
}

// decodeLinesBody reads newline-delimited JSON as the contract describes it: as an array.
func decodeLinesBody(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	values := []any{}
	for d := json.NewDecoder(body); ; {
		var v any
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return nil, err
		}
		values = append(values, v)
	}
}

type failure struct{ text string }

func (f *failure) Fatalf(format string, args ...any) { f.text = fmt.Sprintf(format, args...) }

// contractChecker fails the test where a request that was served, or any answer, is not as the contract says.
type contractChecker struct {
	t    *testing.T
	next http.RoundTripper
}

func (k *contractChecker) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	answer, err := k.next.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	got, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(got))
	if err == nil {
		k.check(r, sent, answer, got)
	}
	return answer, err
}

func (k *contractChecker) check(r *http.Request, sent []byte, answer *http.Response, got []byte) {
	code := noteCode(answer, got)
	router, err := contractRouter()
	if err != nil {
		k.t.Errorf("the contract is broken: %v", err)
		return
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		if code != codeNotFound && code != codeMethodNotAllowed {
			k.t.Errorf("%s %s is not in the contract, and was answered with %d", r.Method, r.URL, answer.StatusCode)
		}
		return
	}
	again := r.Clone(context.Background())
	again.Body = io.NopCloser(bytes.NewReader(sent))
	if len(sent) > 0 && again.Header.Get("Content-Type") == "" {
		again.Header.Set("Content-Type", mediaJSON)
	}
	input := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route}
	if served(answer.StatusCode) && len(sent) < 1<<20 && !refusedWithin(r.URL.Path, got) {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			k.t.Errorf("%s %s was answered with %d, but is not in the contract: %v", r.Method, r.URL, answer.StatusCode, err)
		}
	}
	if zipped(answer) { // the test asked for the bytes as they are
		return
	}
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	output.SetBodyBytes(got)
	if answer.StatusCode == http.StatusNotModified || answer.StatusCode == http.StatusNoContent {
		return
	}
	if err := openapi3filter.ValidateResponse(context.Background(), output); err != nil {
		k.t.Errorf("%s %s: the answer is not in the contract: %v", r.Method, r.URL, err)
	}
}

func zipped(answer *http.Response) bool { return answer.Header.Get("Content-Encoding") == "gzip" }

// served says that the request's form was taken, whatever became of it.
func served(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusNotAcceptable, http.StatusTooManyRequests, http.StatusNotFound:
		return false
	}
	return true
}

// refusedWithin says that an operation of a batch or stream was refused alone for its form.
func refusedWithin(path string, got []byte) bool {
	if path != batchRoute && path != streamRoute {
		return false
	}
	for _, code := range []string{codeMalformed, codeInvalid, codeTooLarge} {
		if bytes.Contains(got, []byte(problemType+code)) {
			return true
		}
	}
	return false
}

func noteCode(answer *http.Response, body []byte) string {
	if answer.Header.Get("Content-Type") != "application/problem+json" {
		return ""
	}
	var p struct{ Code string }
	_ = json.Unmarshal(body, &p) // the contract check reads it again, and complains
	seenCodes.Lock()
	defer seenCodes.Unlock()
	seenCodes.codes[p.Code] = true
	return p.Code
}

func TestContractIsValidOpenAPI31(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Fatalf("version %s", doc.OpenAPI)
	}
}

func TestEveryRouteIsInTheContractAndTheOtherWayRound(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	served := map[string]bool{}
	for _, r := range newEngine(Options{}).Routes() {
		served[r.Method+" "+contractPath(r.Path)] = true
	}
	for _, r := range slices.Sorted(maps.Keys(served)) {
		if !described[r] {
			t.Errorf("%s is served, but not described", r)
		}
	}
	for _, r := range slices.Sorted(maps.Keys(described)) {
		if !served[r] {
			t.Errorf("%s is described, but not served", r)
		}
	}
}

// contractPath turns gin's :name into {name}.
func contractPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func TestEveryProblemIsInTheContractWithItsStatus(t *testing.T) {
	var doc struct {
		Components struct {
			Responses map[string]json.RawMessage
		}
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Ref string `json:"$ref"`
			}
		}
	}
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{codeNotFound: true, codeMethodNotAllowed: true} // of no operation
	for path, item := range doc.Paths {
		for _, op := range item {
			for status, r := range op.Responses {
				for _, code := range codesIn(doc.Components.Responses[strings.TrimPrefix(r.Ref, "#/components/responses/")]) {
					described[code] = true
					if got := fmt.Sprint(kinds[code].status); got != status {
						t.Errorf("%s: %s is described as %s and sent as %s", path, code, status, got)
					}
				}
			}
		}
	}
	for code := range kinds {
		if !described[code] {
			t.Errorf("%s is described nowhere", code)
		}
	}
}

// codesIn are the codes that a response's schema allows.
func codesIn(response json.RawMessage) []string {
	var r struct {
		Content map[string]struct {
			Schema struct {
				AllOf []struct {
					Properties struct{ Code struct{ Enum []string } }
				} `json:"allOf"`
			}
		}
	}
	_ = json.Unmarshal(response, &r) // nil is a response without a problem
	var codes []string
	for _, part := range r.Content["application/problem+json"].Schema.AllOf {
		codes = append(codes, part.Properties.Code.Enum...)
	}
	return codes
}

func TestExamplesOfTheContractAreValid(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for name, schema := range doc.Components.Schemas {
		for _, example := range schema.Value.Examples {
			examples++
			if err := schema.Value.VisitJSON(example, openapi3.EnableJSONSchema2020()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if examples < 10 {
		t.Errorf("only %d examples were found", examples)
	}
}
