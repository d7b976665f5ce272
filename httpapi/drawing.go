package httpapi

import (
	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
)

func (a *api) drawing(c *gin.Context, name string) (*command.Chart, bool) { panic("skeleton") }
