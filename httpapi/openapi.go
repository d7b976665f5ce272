package httpapi

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// openAPI is the contract. It is written by hand, and the tests hold every route, request and answer against it.
//
//go:embed openapi.json
var openAPI []byte

// getOpenAPI is GET /openapi.json.
func getOpenAPI(c *gin.Context) { send(c, http.StatusOK, jsonMedia, openAPI) }
